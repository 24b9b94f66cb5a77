"""What on a Chinese page is written in Latin letters and is neither user data, nor an identifier, nor the same in all languages."""

from __future__ import annotations

import re
from collections.abc import Collection

from playwright.async_api import Page

__all__ = ["leftovers"]

SAME_IN_ALL_LANGUAGES = frozenset([
    "AccessKey", "admin", "Alt", "API", "Authorization", "AWS", "Backspace", "Bearer", "CA",
    "PEM", "broker", "Cloudflare", "CPU", "cron", "CSV", "Ctrl",
    "dBm", "Delete", "DingTalk", "DNS", "End", "English", "Enter", "Esc", "Escape", "Expired", "GB", "gzip", "HMAC", "Home", "hPa", "HTML",
    "HTTP", "HTTPS", "ID", "IEC", "Iot", "IoT", "IP", "ISA", "JavaScript", "JPEG", "JPG", "JSON", "kB", "kg", "LEL", "License", "mA", "MAC",
    "Markdown", "MB", "MCS", "MD5", "mg", "MinIO", "mol", "MQTT", "ms", "Mustache", "mV", "NaN", "Node", "NUL", "PgDn", "PgUp", "PNG",
    "PostgreSQL", "ppb", "ppm", "px", "Python", "QoS", "RED", "Redis", "S3", "SEC", "Secret", "SHA256", "Shift", "sn", "Space", "SQL",
    "STARTTLS", "STEL", "SVG", "Tab", "TCP", "TimescaleDB", "TLS", "TWA", "Unix", "URL", "UTC", "UTF", "vol", "Webhook", "WebSocket", "YAML",
])  # fmt: skip
"""Names of protocols, products, keys and units."""
IDENTIFIER = re.compile(r".*[\d_.@/-].*")
"""A setting, a path, an address, a file, a serial number, a node type: what is typed somewhere as it stands."""
CODE = re.compile(r"`[^`]*`|\$?\{[^{}]*\}|[a-z]+://\S+")
"""Code within a text, a place to be filled in, an address."""
WORD = re.compile(r"[A-Za-z][\w.@/-]*")
TEXTS = """() => {
  const found = [];
  const own = 'code, pre, kbd, .cm-editor, .value-tree, [lang="en"], textarea, .palette-type, .field-default, .version-note, .test-name, .wire-text';
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const place = (element) => {
    const named = element.closest('[class]');
    return `${element.tagName.toLowerCase()}.${named?.className?.baseVal ?? named?.className ?? ''}`;
  };
  for (const element of document.body.querySelectorAll('*')) {
    if (element.closest(own) || !shown(element)) continue;
    for (const name of ['aria-label', 'aria-description', 'aria-valuetext', 'placeholder', 'title', 'alt']) {
      const text = element.getAttribute(name);
      const isValue = name === 'placeholder' && element.closest('.schema-field');
      const isKey = name === 'title' && element.matches('.field-label, dt, td span, h1');
      if (text && !isValue && !isKey) found.push([text, `${place(element)} ${name}`]);
    }
    for (const node of element.childNodes) {
      if (node.nodeType === Node.TEXT_NODE && node.textContent.trim()) found.push([node.textContent.trim(), place(element)]);
    }
  }
  return found;
}"""


async def leftovers(page: Page, own: Collection[str]) -> set[str]:
    """`words in "text" (element)` for each text that has some; `own` are the words of the site's own data."""
    found = set()
    for text, place in await page.evaluate(TEXTS):
        words = {word.strip(".-/") for word in WORD.findall(CODE.sub("", text))} - SAME_IN_ALL_LANGUAGES - set(own)
        left = sorted(word for word in words if len(word) > 1 and not IDENTIFIER.fullmatch(word))
        if left:
            found.add(f"{', '.join(left)} in {text[:200]!r} ({place})")
    return found
