"""What html escapes."""


async def test_every_text_of_a_list_or_object_is_escaped_and_nothing_else(bench):
    async with bench("html") as node:
        await node.give({"payload": ["<a href='x'>", {"k<": "&", "n": 1}, None]})
        assert node.sent() == [["&lt;a href=&#x27;x&#x27;&gt;", {"k<": "&amp;", "n": 1}, None]]


async def test_unescape_gives_back_what_was_escaped(bench):
    async with bench("html", "action: unescape") as node:
        await node.give("&lt;&#x27;&quot;&amp;")
        assert node.sent() == ["<'\"&"]


async def test_a_message_without_the_text_is_refused(bench):
    async with bench("html", "property: payload.name") as node:
        await node.give({"other": 1})
        assert node.errors == ["the message has no `payload.name`"]
