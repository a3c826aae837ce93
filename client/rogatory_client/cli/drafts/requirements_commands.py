"""Commands beside a draft: what the addressee's entry asks for, and the template that it begins with."""

from typing import TYPE_CHECKING, Annotated

import typer

from rogatory_client.cli.answer import Answer, Block, Facts, Prose, Table
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command

if TYPE_CHECKING:
    from rogatory_client.office.drafts.requirements import PanelView

group = typer.Typer()
template_group = typer.Typer()


@command(group, "requirements", needs=Needs.VAULT, example="rogatory draft requirements 3f9a")
async def panel(
    call: Call,
    draft: Annotated[str, typer.Argument(help="Draft: its id or the beginning of it.")],
) -> Answer:
    """Show what the addressee's entry asks for: languages, paper, signature, dual criminality, links."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        found = office.requirements.panel(draft)
    return Answer({"panel": as_dict(found)}, panel_blocks(found))


@command(
    template_group, "show", needs=Needs.VAULT, example="rogatory draft template show extradition --state GH"
)
async def show_template(
    call: Call,
    type_id: Annotated[str, typer.Argument(metavar="TYPE", help="Type; see `rogatory request types`.")],
    state: Annotated[str, typer.Option(help="Two-letter code of the addressed State.")] = "",
) -> Answer:
    """Show the template of a type: your own for the State, your own for any, or the sample."""
    async with call.office() as office:
        text = office.requirements.template(type_id, state)
    return Answer({"type": type_id, "state": state.upper(), "text": text}, (Prose(text),))


def panel_blocks(found: "PanelView") -> list[Block]:
    """What the entry says, and where to read more."""
    rows = [
        (each.topic.replace("_", " "), each.text, each.article, each.link)
        for each in found.requirements
        if each.topic != "link"
    ]
    links = [(each.text, each.link) for each in found.requirements if each.topic == "link"]
    facts = Facts([("To", found.addressee), ("State", found.state), ("Template", found.template)])
    blocks: list[Block] = [facts, Table(("What", "The entry says", "Article", "Read more"), rows, "")]
    return [*blocks, Table(("Link", "Address"), links, "", title="Links")] if links else blocks
