from mainline.core.config import Settings as Settings
from mainline.core.day import Day as Day
from mainline.core.errors import DataError as DataError
from mainline.data.sources.raw import Raw as Raw
from mainline.model.columns import Category as Category
from mainline.model.columns import Columns as Columns
from mainline.model.columns import Number as Number
from mainline.model.columns import Task as Task
