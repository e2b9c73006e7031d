import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessment.models import Attachment
from tests.cast import give
from tests.pictures import jpeg, pdf

pytestmark = pytest.mark.django_db


def test_smoke(client, world):
    contact = give(world, {world.of(world.dawa): "好"})
    client.force_login(world.lin)
    url = reverse("attachment_add", args=[contact.pk])
    assert client.get(url).status_code == 200
    r = client.post(url, {"kind": "photo", "files": [SimpleUploadedFile("a.jpg", jpeg()), SimpleUploadedFile("b.pdf", pdf())]})
    assert r.status_code == 302, r.context["form"].errors
    a, b = Attachment.objects.order_by("pk")
    r = client.get(reverse("attachment_file", args=[a.pk]))
    assert r.status_code == 200 and r["Content-Disposition"] == 'attachment; filename="a.jpg"'
    print(r.headers)
    body = client.get(reverse("contact_detail", args=[contact.pk])).content.decode()
    assert "b.pdf" in body
