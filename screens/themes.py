"""The dark and the light theme. Colours only repeat what glyphs and words show."""

from textual.theme import Theme

DARK = Theme(
    name="dark",
    primary="#7aa2f7",
    secondary="#7aa2f7",
    accent="#7aa2f7",
    success="#8fbf7f",
    warning="#e0af68",
    error="#f07178",
    foreground="#d5d9e2",
    background="#14171c",
    surface="#1c2027",
    panel="#232831",
    dark=True,
    variables={
        "border": "#39404d",
        "text-muted": "#939bab",
        "footer-key-foreground": "#7aa2f7",
        "input-cursor-text-style": "reverse",
    },
)
LIGHT = Theme(
    name="light",
    primary="#2456b3",
    secondary="#2456b3",
    accent="#2456b3",
    success="#2f7a33",
    warning="#8a5a00",
    error="#b3261e",
    foreground="#20242b",
    background="#fbfbfa",
    surface="#f0f1f3",
    panel="#e6e8ec",
    dark=False,
    variables={
        "border": "#c3c8d1",
        "text-muted": "#5c6370",
        "footer-key-foreground": "#2456b3",
        "input-cursor-text-style": "reverse",
    },
)
