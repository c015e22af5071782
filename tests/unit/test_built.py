from torchvision import transforms

from ventralmap.built import in_words


def documented(image):
    """Resized to nothing.

    More than that.
    """


class Callable:
    def __call__(self, image):
        return image


def test_preprocessing_is_put_into_words():
    assert in_words(transforms.Resize(8)).startswith("Resize(size=8")
    assert in_words(documented) == "Resized to nothing."
    assert in_words(lambda image: image) == "<lambda>"
    assert in_words(Callable()) == "Callable"
