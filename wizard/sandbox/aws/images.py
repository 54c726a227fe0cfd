"""The machine images that moto knows, made when they are first asked for: most of the work of a start is theirs."""

from __future__ import annotations

from typing import Any


def make_when_asked() -> None:
    """Let every EC2 model that is made from now on make its images at the first look at them."""
    from moto.ec2.models.amis import AmiBackend

    if "amis" in vars(AmiBackend):
        return
    make = AmiBackend._load_amis

    def images(self: AmiBackend) -> dict[str, Any]:
        own = vars(self)
        if "_images" not in own:
            own["_images"] = {}
            make(self)
        return own["_images"]  # type: ignore[no-any-return]

    def start_empty(self: AmiBackend, _value: dict[str, Any]) -> None:
        vars(self).pop("_images", None)

    def make_none(self: AmiBackend) -> None:
        """Do nothing: `images` makes them."""

    AmiBackend.amis = property(images, start_empty)  # type: ignore[assignment]
    AmiBackend._load_amis = make_none  # type: ignore[method-assign]
