"""Whether one name is another one with a typing error."""


def is_misspelled(wrong: str, right: str) -> bool:
    """Return whether two adjacent characters are swapped, or one character is missing, or is there too often.

    Another character in the same place is often the name of something else: `loader-a` and `loader-b`.
    """
    if len(wrong) == len(right):
        return _is_swapped(wrong, right)
    shorter, longer = sorted((wrong, right), key=len)
    if len(longer) - len(shorter) != 1:
        return False
    return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))


def _is_swapped(wrong: str, right: str) -> bool:
    places = [place for place, pair in enumerate(zip(wrong, right, strict=True)) if pair[0] != pair[1]]
    if len(places) != 2 or places[1] - places[0] != 1:
        return False
    first, second = places
    return wrong[first] == right[second] and wrong[second] == right[first]
