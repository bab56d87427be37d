"""What the baseline is fitted with. Apart from the other settings: the gate fits it too."""

from pydantic import Field

from mainline.core.config import Settings


class PlainTreesSettings(Settings):
    """scikit-learn's HistGradientBoostingClassifier or -Regressor, in its own words."""

    learning_rate: float = Field(default=0.06, gt=0)
    max_iter: int = Field(default=150, gt=0)
    max_leaf_nodes: int = Field(default=15, gt=1)
    min_samples_leaf: int = Field(default=40, gt=0)
    l2_regularization: float = Field(default=1.0, ge=0)
