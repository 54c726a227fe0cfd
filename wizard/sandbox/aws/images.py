"""The machine images that moto knows, made when they are first asked for: all of them are most of the work of a start."""

from __future__ import annotations

from typing import Any


def make_when_asked() -> None:
    """Let every EC2 model that is made from now on make its images at the first look at them."""
    from moto.ec2.models.amis import AmiBackend

    if "amis" in vars(AmiBackend):
        return
    make = AmiBackend._load_amis

    def images(model: AmiBackend) -> dict[str, Any]:
        own = vars(model)
        if "_images" not in own:
            own["_images"] = {}
            make(model)
        return own["_images"]  # type: ignore[no-any-return]

    def start_empty(model: AmiBackend, value: dict[str, Any]) -> None:
        vars(model).pop("_images", None)

    AmiBackend.amis = property(images, start_empty)  # type: ignore[assignment, misc]
    AmiBackend._load_amis = lambda model: None  # type: ignore[method-assign]
