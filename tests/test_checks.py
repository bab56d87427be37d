from customer_churn.checks import months_follow_each_other


def test_simulated_months_follow_each_other(rows):
    assert months_follow_each_other(rows).all()


def test_a_customer_who_gets_younger_is_found(rows):
    seen_often = rows["customer_id"].value_counts().index[0]
    wrong = rows.index[rows["customer_id"] == seen_often][-1:]
    broken = rows.copy()
    broken.loc[wrong, "tenure_months"] -= 3
    good = months_follow_each_other(broken)
    assert good.index.equals(rows.index)
    assert good[~good].index.tolist() == wrong.tolist()
