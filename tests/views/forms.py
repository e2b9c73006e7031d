"""The forms of a page as a browser has them: what it would send, and where to."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """A form that is posted. required: names that the browser would ask for; choices: of selects and radio buttons."""

    action: str
    fields: dict = field(default_factory=dict)
    kinds: dict = field(default_factory=dict)
    required: list = field(default_factory=list)
    choices: dict = field(default_factory=dict)
    buttons: list = field(default_factory=list)

    def put(self, name, value):
        """Several of one name are a list, as of ticked boxes."""
        if name in self.fields:
            there = self.fields[name]
            self.fields[name] = [*(there if isinstance(there, list) else [there]), value]
        else:
            self.fields[name] = value


class Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.forms, self.form, self.text, self.select = [], None, None, None

    def handle_starttag(self, tag, attributes):
        at = dict(attributes)
        if tag == "form" and at.get("method") == "post":
            self.form = Form(at.get("action") or "")
            self.forms.append(self.form)
        if self.form is None or "disabled" in at:
            return
        name, kind = at.get("name"), at.get("type", "text")
        if tag == "button" and kind in ("text", "submit"):
            self.form.buttons.append((name or "", at.get("value", "")))
        if tag == "option" and self.select:
            self.form.choices[self.select].append(at.get("value", ""))
            if "selected" in at:
                self.form.put(self.select, at.get("value", ""))
        if not name or tag not in ("input", "textarea", "select"):
            return
        self.form.kinds[name] = kind if tag == "input" else tag
        if "required" in at:
            self.form.required.append(name)
        if tag == "input" and kind in ("checkbox", "radio"):
            self.form.choices.setdefault(name, []).append(at.get("value", "on"))
            if "checked" in at:
                self.form.put(name, at.get("value", "on"))
        elif tag == "input" and kind not in ("file", "submit", "button"):
            self.form.put(name, at.get("value", ""))
        elif tag == "textarea":
            self.text = (name, [])
        elif tag == "select":
            self.select = name
            self.form.choices[name] = []

    def handle_data(self, data):
        if self.text:
            self.text[1].append(data)

    def handle_endtag(self, tag):
        if tag == "textarea" and self.text:
            text = "".join(self.text[1])
            self.form.put(self.text[0], text.removeprefix("\n"))
            self.text = None
        elif tag == "select" and self.select:
            if self.form and self.select not in self.form.fields and self.form.choices[self.select]:
                self.form.put(self.select, self.form.choices[self.select][0])
            self.select = None
        elif tag == "form":
            self.form = None


def forms_of(response):
    """The forms of a page that are posted."""
    reader = Reader()
    reader.feed(response.content.decode())
    return reader.forms
