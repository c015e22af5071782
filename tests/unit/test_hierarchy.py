from ventralmap import hierarchy

AREAS = [["V1", "EVC"], "V4", ("IT", "hIT")]


def test_an_area_that_stands_alone_is_a_level():
    assert hierarchy.levels(AREAS) == [["V1", "EVC"], ["V4"], ["IT", "hIT"]]


def test_areas_are_listed_early_to_late():
    assert hierarchy.areas(AREAS) == ["V1", "EVC", "V4", "IT", "hIT"]


def test_areas_of_one_level_share_a_rank():
    assert hierarchy.ranks(AREAS) == {"V1": 0, "EVC": 0, "V4": 1, "IT": 2, "hIT": 2}
