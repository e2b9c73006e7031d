"""Official forms 公务员登记表、干部任免审批表、了解记录、考察材料: declared once, given out as .xlsx, .docx or on a page to print.

`layout` says what a form is, `opinions`, `contacts` and `appointment` declare the forms and fill them, `in_excel`, `in_word`
and `on_page` render what they declare.
"""
