"""Refusals: mistakes of a person or limits of the house, each with an id, the limit and the value."""

from workers.contract.events import Problem


class Refusal(Exception):
    """Why something that a person asked for is not done. Its text is shown to that person as it is.

    `id` names the kind of problem (`text-too-long`), `detail` says what was wrong, the limit and the value,
    `field` which part of the request, `limit` and `value` the two numbers, where there are such.
    """

    def __init__(
        self,
        id: str,
        detail: str,
        *,
        field: str | None = None,
        status: int = 422,
        limit: float | None = None,
        value: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.id = id
        self.detail = detail
        self.field = field
        self.status = status
        self.limit = limit
        self.value = value

    def problem(self) -> Problem:
        """The RFC 9457 problem document of this refusal."""
        title = self.id.replace("-", " ").capitalize()
        return Problem(
            type=f"/problems/{self.id}",
            title=title,
            status=self.status,
            detail=self.detail,
            field=self.field,
            limit=self.limit,
            value=self.value,
        )
