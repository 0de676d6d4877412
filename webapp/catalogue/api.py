"""The catalogue over HTTP."""

from django.http import FileResponse, HttpRequest, HttpResponse
from ninja import Router

from webapp.catalogue import samples, selectors
from webapp.common.answers import answer, answers
from webapp.common.owners import address_of, owner_of
from webapp.limits.selectors import limits_of
from workers.contract import Limits, MethodEntry, ModelEntry, Sample, TokenizerEntry

router = Router(tags=["catalogue"])


@router.get("/methods", response=list[MethodEntry])
def methods(request: HttpRequest) -> HttpResponse:
    """Every method that workers published."""
    return answers(selectors.methods())


@router.get("/models", response=list[ModelEntry])
def models(request: HttpRequest) -> HttpResponse:
    """Every model that workers can run."""
    return answers(selectors.models())


@router.get("/tokenizers", response=list[TokenizerEntry])
def tokenizers(request: HttpRequest) -> HttpResponse:
    """Every tokenizer that workers carry."""
    return answers(selectors.tokenizers())


@router.get("/samples", response=list[Sample])
def sample_list(request: HttpRequest) -> HttpResponse:
    """First runs that are one click away."""
    return answers(samples.samples())


@router.get("/samples/{id}/image", include_in_schema=False)
def sample_image(request: HttpRequest, id: str) -> FileResponse:
    """The picture of a sample."""
    return FileResponse(samples.image_path(id).open("rb"), content_type="image/png")


@router.get("/limits", response=Limits)
def limits(request: HttpRequest) -> HttpResponse:
    """The limits in force for whoever asks."""
    mine = limits_of(owner_of(request), address_of(request))
    return answer(Limits(**{name: getattr(mine, name) for name in Limits.model_fields}))
