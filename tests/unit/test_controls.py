from ventralmap import controls, model_names, models
from ventralmap.figures import style


def test_every_control_can_be_made_and_drawn():
    assert set(controls.BUILDERS) == set(model_names.CONTROLS) == set(style.CONTROL_LINES)


def test_controls_differ_in_their_line_and_are_no_twins():
    dashes = [style.line_of(name).dashes for name in model_names.CONTROLS]
    assert len(set(dashes)) == len(dashes)
    assert style.line_of("gabor+normalised") == style.line_of("gabor")


def test_pixels_do_not_depend_on_degrees_or_seed():
    first, other = models.load("pixels"), models.load("pixels", seed=4, degrees=2)
    assert first.preprocessing == other.preprocessing
    assert (first.seed, other.seed) == (None, None)
