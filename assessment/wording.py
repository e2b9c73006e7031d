"""Words for what is refused: the one place where a `Refusal` becomes a sentence that a person reads.

A sentence says what is wrong and what to do; a rule of the field names its source.
"""

from datetime import datetime
from functools import cache

from django.apps import apps
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N

from people import codes
from people.models import Grant
from people.refusals import Refusal

SENTENCES = {
    # access
    "role_missing": N("This needs the role %(roles)s."),
    "outside_scope": N("This is outside the units that you were granted."),
    "own_file": N("Nobody handles his own file (Civil Servants Law, art. 74 to 77)."),
    "file_of_kin": N("Nobody handles the file of a relative (Civil Servants Law, art. 74 to 77)."),
    # any form
    "required": N("Please fill this in."),
    "reason_missing": N("Please give the reason."),
    "date_in_future": N("This day lies in the future."),
    "record_changed": N("%(who)s changed %(record)s at %(at)s, after you had opened it. Nothing of yours is saved yet: look at it, then send again."),
    "form_of_another": N("This form was made for somebody else, or it is damaged: open its page again and fill it in there."),
    # long work
    "reach_narrowed": N("Your rights reach less far than when this was made: ask for it anew."),
    "too_many_jobs": N("%(limit)s of your jobs are not done yet: wait for them, or cancel some."),
    "job_followed": N("This was confirmed already: see the jobs."),
    "faults_left": N("The workbook has errors: correct them and check it again, or take the good rows."),
    "job_over": N("This job is over already."),
    "upload_gone": N("The uploaded file is no longer kept: upload it again."),
    "job_failed": N("Something went wrong that we did not foresee, and nothing was changed. Tell the system administrator: job %(job)s."),
    "job_left_behind": N("This was under way when the back-up was made that the data come from: ask for it anew."),
    "job_gave_up": N("The work was broken off %(attempts)s times and is not tried again; nothing was changed. Tell the system administrator."),
    # back-ups
    "backup_exists": N("%(path)s is there already: take another name, or replace it with --force."),
    "backup_replaces_another": N("%(path)s is no back-up, so it is not replaced: take another name."),
    "backup_no_directory": N("There is no directory %(path)s."),
    "backup_under_way": N("Another back-up to %(path)s is being made: wait for it, or take another name."),
    "backup_not_written": N("%(path)s cannot be written: %(why)s. No back-up was made."),
    "backup_not_read": N("%(path)s cannot be read: %(why)s."),
    "backup_damaged": N("This is no whole, unaltered back-up: take another copy of it, or an earlier one."),
    "backup_locked": N("The passphrase is not the one of this back-up, or its file was altered: try the passphrase again, then another copy."),
    "backup_version": N("This back-up has the format %(version)s; this version reads %(known)s: restore it with the version that made it."),
    "backup_rows": N("Rows of %(table)s are not what this version writes: restore it with the version that made it."),
    "encryption_missing": N("For a passphrase the package cryptography is needed: install the extra “encryption”."),
    "passphrase_short": N("A passphrase has at least %(limit)s characters."),
    "restore_not_empty": N("This database holds data: nothing was changed. Restore into an empty one, made by manage.py migrate alone."),
    "restore_migrate_first": N("The database lacks tables or columns that the back-up needs: run manage.py migrate first."),
    "restore_later_version": N("The back-up was made by a later version (%(version)s): install that version, and restore with it."),
    "restore_earlier_version": N(
        "The back-up was made by an earlier version (%(version)s): install that version, migrate an empty database with it and restore; "
        "then install this version and run manage.py migrate."
    ),
    "restore_other_tables": N("The back-up has other tables or columns than this database: restore it with the version that made it (%(version)s)."),
    "restore_attachment_differs": N("%(path)s is another file than the back-up has under this name: move it elsewhere, then restore again."),
    "restore_not_taken": N("The data could not be put into the database, so nothing was changed: %(why)s"),
    "restore_fault": N("The proof finds: %(fault)s"),
    "restore_unproven": N(
        "The back-up does not prove itself, so nothing was changed. Take an earlier one; --accept-faults takes it nevertheless, "
        "and the history will say so."
    ),
    # lists, their exports and saved views
    "sheet_full": N("%(rows)s rows are more than a sheet can hold (%(limit)s): filter first, or export as .csv."),
    "list_changed": N("The list has changed since, and its filters, columns or order no longer fit: export it anew from the list."),
    "filter_unfit": N("This filter cannot be applied, so the view is not saved: put the filter right first."),
    "view_title_taken": N("You have a view named %(value)s of this list: take another name, or open that view and save over it."),
    "not_your_view": N("Only its owner changes a view: save it under a name of your own."),
    # official forms
    "opinion_altered": N("The signed text about %(value)s does not fit its digest: it was altered, so no form is made of it. Tell an auditor."),
    "report_short": N("The text of this report has %(length)s characters; %(advised)s or more are usual."),
    "word_missing": N("Word documents cannot be made on this machine: its administrator has to install the extra “word”. Excel and printing work."),
    "too_many_papers": N("%(count)s records are listed; a package holds %(limit)s forms at most: filter first."),
    "no_papers": N("None of the records listed fits this form, so there is nothing to give out."),
    # values that cannot be read
    "too_long": N("This has %(length)s characters; %(limit)s are the most."),
    "unknown_word": N("%(value)s is not known here. Use one of: %(expected)s."),
    "not_a_date": N("%(value)s cannot be read as a date. Write it like 2022-05-06, with time 2022-05-06 13:30."),
    "not_a_month": N("%(value)s cannot be read as a month. Write it like 1980-03."),
    "day_missing": N("%(value)s is a month: write the day as well, like 2022-05-06."),
    "year_two_digits": N("%(value)s has a year of two digits: write all four, like 2022-05-06."),
    "month_ambiguous": N("%(value)s stands here as a number and may be January or October: write it as text, like 2010-10."),
    "digits_lost": N("%(value)s stands here as a number, of which Excel keeps 15 digits: set the cell to text and type it in again."),
    "not_a_number": N("%(value)s is not a number."),
    "not_whole": N("%(value)s is not a whole number."),
    "not_above": N("%(value)s is too low: the number has to be above %(low)s."),
    "too_many_places": N("%(value)s has too many decimal places; %(places)s are the most."),
    "out_of_range": N("%(value)s does not lie between %(low)s and %(high)s."),
    "in_future": N("%(value)s lies in the future."),
    "id_length": N("An ID number has 18 characters; %(value)s has not. In Excel, keep it as text."),
    "id_characters": N("%(value)s is no ID number: 17 digits, then a digit or X."),
    "id_birth_date": N("%(value)s is no ID number: its seventh to fourteenth digits are no day."),
    "id_checksum": N("%(value)s is no ID number: its last character does not fit the others (GB 11643)."),
    "phone_form": N("%(value)s is no phone number: 11 digits, or the area code and the number."),
    "ends_before_start": N("%(end)s lies before %(start)s."),
    "duplicate_key": N("%(value)s stands here more than once; once is enough."),
    # units, cadres and what is known of them
    "unknown_unit": N("There is no unit with the code %(value)s."),
    "unknown_cadre": N("There is no cadre with the code %(value)s."),
    "parent_cycle": N("A unit cannot be below itself: %(value)s is this unit or below it."),
    "before_birth": N("%(value)s lies before the birth month %(birth_month)s."),
    "id_number_taken": N("The cadre %(cadre)s has this ID number already."),
    "cadre_or_headcount": N("Give either a cadre or a headcount of people who are no cadres."),
    "training_of_cadre": N("A day of training belongs to a cadre, not to a headcount."),
    "kin_of_himself": N("Nobody is his own relative: choose another cadre."),
    "kinship_known": N("These two are on record as relatives already."),
    # files of the appointment form
    "lrmx_unknown": N("This is neither an .lrmx or .lrm file nor a zip of them: choose the file that the form program saved."),
    "lrmx_root": N("This is no appointment form: it begins with %(value)s where Person is expected."),
    "lrmx_broken": N("The file is no well-formed XML (line %(line)s): save it anew in the program it comes from."),
    "lrmx_entities": N("The file defines a document type or entities, which no appointment form needs: save it anew in the program it comes from."),
    "lrmx_encoding": N("The characters of the file cannot be read: save it anew as UTF-8."),
    "lrmx_too_much": N("The file holds more elements than an appointment form can have: save it anew in the program it comes from."),
    "lrmx_relatives": N("The form names %(count)s relatives; %(limit)s are the most."),
    "lrmx_twice": N("%(element)s stands in the file more than once; the first one counts."),
    "lrmx_dropped": N("%(element)s in a row of the family is not known and is left out."),
    "lrm_broken": N("This .lrm file cannot be read: open it in the program it comes from and save it as .lrmx."),
    "photo_too_large": N("The photo is larger than %(limit)s MB: make it smaller."),
    "photo_too_wide": N("The photo has more than %(limit)s million points: make it smaller."),
    "photo_not_image": N("The photo is neither a JPEG nor a PNG picture: choose another one."),
    "photo_needs_pillow": N("Photos cannot be taken here: the system administrator has to install Pillow."),
    "zip_in_zip": N("This is a package within the package: unpack it and choose what is in it."),
    "zip_without_people": N("There is no .lrmx or .lrm file in this package."),
    "too_many_people": N("%(count)s people are too many at once; %(limit)s are the most: divide them."),
    "person_twice": N("The file %(other)s is about the same cadre: keep one of the two."),
    "code_taken": N("The code %(value)s is taken."),
    "nothing_ticked": N("Nothing is ticked: tick what is to be taken over."),
    "nobody_to_export": N("There is nobody in this list whose form you may see."),
    # accounts and grants
    "bad_username": N("%(value)s is no user name: use letters, digits and . @ + - _ only, %(limit)s at most."),
    "username_taken": N("The user name %(value)s is taken."),
    "unknown_user": N("There is no user with the name %(value)s."),
    "same_password": N("This is the password that you have: choose another one."),
    "weak_password": N("This password is too weak: %(why)s"),
    "bad_email": N("%(value)s is no email address."),
    "cadre_has_account": N("The cadre %(cadre)s has an account already."),
    "code_wrong": N("This code is not right, or was used already. If it is from the app, wait for the next one."),
    "code_wait": N("There were wrong codes: wait %(seconds)s seconds, then try again."),
    "no_second_factor": N("This account has no second factor."),
    "second_factor_there": N("This account has a second factor already: sign in again with its code."),
    "second_factor_required": N("A second factor is required here: replace it, but do not remove it."),
    "not_own_second_factor": N("Nobody resets his own second factor: replace it on the page “Second factor”, or ask another security administrator."),
    "not_oneself": N("Nobody switches off his own account."),
    "grant_to_oneself": N("Nobody grants a role to himself: another security administrator has to."),
    "grant_exists": N("The user has this role on this unit at that time already."),
    "roles_exclusive": N("%(role)s cannot go together with %(roles)s: administrators hold one role only. End the other grant first."),
    # schemes
    "scheme_frozen": N("The scheme %(value)s is in use and frozen: make a new scheme with another code."),
    "unknown_scheme": N("There is no scheme with the code %(value)s."),
    "weights_not_100": N("The weights of the three methods sum to %(total)s; they have to sum to 100."),
    "dimension_weights_not_100": N("The weights of the dimensions sum to %(total)s; they have to sum to 100."),
    "no_dimensions": N("A scheme needs at least one dimension."),
    "no_levels": N("A scheme needs at least one level."),
    "no_grades": N("A scheme needs at least one grade."),
    "no_grade_from_0": N("The lowest grade starts at %(value)s; one grade has to start at 0."),
    "twice_in_scheme": N("%(value)s stands in this scheme twice."),
    "reserved_heading": N("A dimension cannot be named %(value)s: that is a heading of the workbook."),
    "reserved_grade": N("A grade cannot be named %(value)s: that is what stands where none is determined."),
    # campaigns
    "unknown_campaign": N("There is no campaign with the code %(value)s."),
    "campaign_closed": N("The campaign %(campaign)s is closed: open it again on its page first."),
    "campaign_not_open": N("The campaign %(campaign)s is still being prepared: open it first."),
    "campaign_is_open": N("The campaign %(campaign)s is open and cannot go back to preparation."),
    "scheme_of_roster": N("The campaign has a roster: its scheme stays."),
    "contacts_outside_period": N("There are contacts from %(first)s until %(last)s: the period has to hold them."),
    "assessee_missing": N("Choose whom it is about."),
    "cadre_or_unit": N("Give either a cadre code or a unit code (for its leading group), not both."),
    "scheme_for_cadres": N("The scheme %(scheme)s is for cadres, not for leading groups."),
    "scheme_for_groups": N("The scheme %(scheme)s is for leading groups, not for cadres."),
    "assessee_has_evidence": N("There is evidence about %(assessee)s: only somebody without any leaves the roster."),
    # contacts
    "number_taken": N("The campaign has a record %(value)s already: leave the number blank for the next free one."),
    "number_stays": N("The number of a record stays: %(value)s."),
    "uuid_taken": N("This record was sent by somebody else already."),
    "place_missing": N("An on-site observation needs its place."),
    "source_missing": N("A phone inquiry or talk needs its source: whom you spoke to."),
    "outside_campaign": N("%(value)s lies outside the campaign, which runs from %(start)s until %(end)s."),
    "twice_in_team": N("%(value)s stands in the team twice."),
    "user_inactive": N("The account %(value)s is switched off."),
    "team_too_small": N("The team has %(value)s; the scheme asks for at least %(need)s assessors (rules of selection, art. 33)."),
    "team_own_file": N("%(member)s is %(cadre)s: nobody assesses himself (Civil Servants Law, art. 74 to 77)."),
    "team_file_of_kin": N("%(member)s is a relative of %(cadre)s and has to step aside (Civil Servants Law, art. 74 to 77)."),
    "no_finding": N("A contact tells of at least one assessee: add one."),
    "assessee_twice": N("%(value)s stands in this contact twice."),
    "not_on_roster": N("%(value)s is not on the roster of the campaign %(campaign)s: put him on it first."),
    "dimension_not_in_scheme": N("The scheme %(scheme)s has no such dimension: leave the cell blank instead of %(value)s."),
    "evidence_locked": N("The evaluation of %(value)s was submitted or signed: its evidence is locked."),
    "finding_withdrawn": N("This finding was withdrawn on %(on)s: a withdrawn one stays as it is."),
    "withdrawn_half": N("A withdrawal needs both its day and its reason."),
    "withdrawn_before_held": N("The withdrawal (%(value)s) lies before the contact (%(held_at)s)."),
    # files of evidence
    "attachment_type": N("%(name)s is neither a JPEG or PNG picture nor a PDF: take a photo of it, or print it as a PDF."),
    "attachment_empty": N("%(name)s is empty: choose the right file."),
    "attachment_too_large": N("%(name)s is larger than %(limit)s MB: make it smaller, or divide it."),
    "attachment_too_wide": N("%(name)s has more than %(limit)s million points: make the picture smaller."),
    "attachment_damaged": N("%(name)s is incomplete or damaged: copy it once more, or save it anew."),
    "attachment_active": N("%(name)s holds scripts or other files, which no evidence needs: print it as a PDF anew."),
    "attachments_full": N("A contact holds %(limit)s files at most; it has %(there)s already."),
    "attachment_known": N("%(name)s is the same file as %(there)s: once is enough."),
    "attachment_withdrawn": N("%(name)s was withdrawn on %(on)s: what is withdrawn does not come back."),
    "attachment_altered": N("The file %(name)s is missing or is not the one that was put on record, so it is not given out. Tell an auditor."),
    "attachment_not_stored": N("The file cannot be stored, the disk may be full: nothing was saved. Try again later, and tell the system administrator."),
    "choose_files_again": N("A browser does not keep chosen files when a form comes back: choose them again."),
    # workbooks
    "not_a_workbook": N("This file cannot be read as an Excel workbook: save it as .xlsx and try again."),
    "file_empty": N("The file is empty: choose the right one."),
    "file_too_large": N("The file is larger than %(limit)s MB: divide it."),
    "file_damaged": N("The file is incomplete or damaged: copy it once more, or open it in Excel or WPS and save it anew."),
    "file_password": N("The file is protected by a password: open it, take the password off and save it again."),
    "too_many_members": N("The file is a package of %(count)s parts; %(limit)s are the most: divide it."),
    "unpacks_too_large": N("The file unpacks to %(size)s MB; %(limit)s MB are the most: divide it."),
    "packed_too_tightly": N("The file unpacks to more than %(limit)s times its size: copy the rows into a new file and save it."),
    "packed_unusually": N("The file is packed in a way that is not known here: open it in Excel or WPS and save it anew."),
    "member_twice": N("The file holds the part %(name)s twice: copy the rows into a new file and save it."),
    "member_outside": N("The file holds a part that would lie outside of it (%(name)s): copy the rows into a new file and save it."),
    "members_overlap": N("Parts of the file overlap: copy the rows into a new file and save it."),
    "file_old_excel": N("This is a workbook of an old format (.xls, .et): open it in Excel or WPS, save it as .xlsx and take that."),
    "file_binary": N("This is a binary workbook (.xlsb): open it in Excel or WPS, save it as .xlsx and take that."),
    "file_opendocument": N("This is an OpenDocument file (.ods): open it in LibreOffice or WPS, save it as .xlsx and take that."),
    "file_word": N("This is a document of Word, no workbook: copy its table into the template and save that as .xlsx."),
    "file_web_page": N("This is a web page under the name of a workbook: open it in Excel or WPS, save it as .xlsx and take that."),
    "file_text": N("This is a text file (such as .csv), no workbook: open it in Excel or WPS, save it as .xlsx and take that."),
    "file_picture": N("This is a picture, no workbook: type its rows into the template."),
    "file_pdf": N("This is a PDF, no workbook: type its rows into the template."),
    "file_archive": N("This is an archive, no workbook: unpack it and take the workbook in it."),
    "file_macros": N("The workbook holds macros: save it as .xlsx, which has none, and take that."),
    "file_links": N("The workbook draws on other files or data (%(what)s): copy its rows as values into a new workbook and take that."),
    "file_doctype": N("The file holds instructions to its reader (a DTD), which no workbook needs: copy its rows into a new workbook."),
    "sheet_lost": N("The sheet %(sheet)s is named in the workbook but is not there: open it in Excel or WPS and save it anew."),
    "text_too_long": N("A cell holds more than %(limit)s characters, which is more than Excel can: shorten it."),
    "too_many_columns": N("Sheet %(sheet)s: there is a value in %(cell)s; %(limit)s columns are the most. Delete what stands to the right."),
    "too_many_rows": N("The workbook has more than %(limit)s rows: divide it."),
    "too_much_content": N("The workbook holds more than can be read at once: divide it."),
    "no_known_sheet": N("None of its sheets is known. An exchange workbook has sheets named: %(expected)s."),
    "sheet_twice": N("This sheet stands here twice, as %(other)s too: keep one."),
    "sheet_unknown": N("Sheet %(sheet)s is not known and was passed over."),
    "sheet_out_only": N("Sheet %(sheet)s is only given out and was passed over."),
    "heading_twice": N("The heading %(value)s stands here twice: keep one."),
    "column_missing": N("The column %(zh)s (%(en)s) is needed."),
    "column_unknown": N("Sheet %(sheet)s: the column %(column)s is not known and was passed over."),
    "column_without_heading": N("Sheet %(sheet)s: values in columns without a heading were passed over."),
    "lines_above": N("Sheet %(sheet)s: lines above the headings were passed over: %(count)s."),
    "headings_again": N("Sheet %(sheet)s: lines that repeat the headings were passed over: %(count)s."),
    "example_rows": N("Sheet %(sheet)s: example rows were passed over: %(count)s."),
    "sheet_hidden": N("Sheet %(sheet)s is hidden; it was read like the others."),
    "rows_hidden": N("Sheet %(sheet)s: hidden or filtered rows were read like the others: %(count)s."),
    "columns_hidden": N("Sheet %(sheet)s: hidden columns were read like the others: %(count)s."),
    "cells_merged": N("Sheet %(sheet)s: the value of merged cells was taken for each of their rows: %(count)s cells were filled."),
    "first_of_month": N("Sheet %(sheet)s, column %(column)s: days given by their month were taken as its first day: %(count)s."),
    "cell_error": N("The cell holds the error %(value)s: correct it in Excel."),
    "cell_unreadable": N("The cell holds what no cell can hold: type it in again."),
    "day_unreadable": N("The cell holds a number that is no day: type the day in again."),
    "formula_without_value": N("The cell holds a formula without a value: put in the value itself."),
    "rows_disagree": N("Row %(first)s of the same record says %(expected)s: what they have in common has to agree."),
    "changed_meanwhile": N("Records changed while the workbook was checked, and it no longer fits: check it again."),
    # the history
    "kept_still": N("Entries are kept for %(days)s days: the last day that may be named is %(last)s."),
    # sign-off
    "not_gathering": N("The evaluation was submitted or signed: its opinion and evidence are locked."),
    "not_submitted": N("Only a submitted evaluation can be signed or returned."),
    "not_signed": N("This evaluation is not signed."),
    "opinion_incomplete": N("Please complete the opinion: %(field)s is empty."),
    "grade_unknown": N("%(grade)s is no grade of this scheme; it has: %(grades)s."),
    "grade_reason_missing": N("The proposed grade is %(proposed)s: say why you conclude %(grade)s."),
    "evidence_missing": N("Below the minimum evidence only “not determined” can be concluded. Missing: %(missing)s."),
    "own_evaluation": N("Whoever wrote an evaluation does not sign or return it: another reviewer has to."),
    "quota_passed": N(
        "The top grade is used up: %(quota)s %% of %(roster)s are %(places)s places, %(taken)s are taken. "
        "Return it, or conclude another grade."
    ),
    "bar_sanction": N("Bar to the top grade: %(sanction)s of %(decided_on)s is in effect. Return it for another grade."),
    "bar_leave": N("Bar to the top grade: long leave. Return it for another grade."),
    "bar_probation": N("Bar to the top grade: probation. Return it for another grade."),
    "bar_investigation": N("Bar to the top grade: under investigation. Return it for another grade."),
    "blind": N("This campaign is blind: record your own marks on this evaluation first, then you see those of others."),
    "already_noticed": N("The notice of this opinion was given already."),
    "notice_date": N("The notice is given on or after the day of signing (%(signed_on)s), and not in the future."),
    "opinion_superseded": N("A newer version superseded this opinion: use the latest one."),
    "reopen_without_ground": N("Name the new evidence, or the upheld review or appeal."),
    # review and appeal
    "not_noticed": N("The cadre has not been told of this opinion yet: give the notice first."),
    "filed_late": N("The last day to file was %(last)s (Civil Servants Law, art. 95)."),
    "filed_date": N("The day lies between the notice (%(given_on)s) and today."),
    "reviewed_once": N("This opinion was reviewed already: the next step is an appeal (Civil Servants Law, art. 95)."),
    "appeal_pending": N("A review or appeal of this opinion is still pending."),
    "appeal_decided": N("This review or appeal was decided already."),
    "decided_date": N("The day lies between filing (%(filed_on)s) and today."),
    # decisions
    "basis_missing": N("A decision rests on at least one signed opinion: choose it."),
    "basis_of_another": N("This opinion is not about the one whom the decision is about."),
    "basis_not_latest": N("Version %(number)s is not the latest signed opinion."),
    "basis_superseded": N("A basis of this decision was superseded or opened again: revoke it and propose it anew."),
    "selection_of_group": N("Only a cadre can be selected or appointed."),
    "only_training": N("Mentor and follow-ups belong to a tracked training that is not revoked."),
    "only_commendation": N("Publicity belongs to a commendation that is not revoked."),
    "mentor_is_himself": N("A cadre cannot be his own mentor."),
    "decision_barred_by_sanction": N(
        "%(sanction)s is in effect until %(effect_until)s: no promotion, no commendation (Civil Servants Law, art. 64)."
    ),
    "decision_not_proposed": N("Only a proposal can be put on public notice."),
    "training_needs_no_notice": N("Tracked training needs no public notice: it can be confirmed at once."),
    "notice_too_short": N("Public notice takes five working days: it ends on %(earliest)s at the earliest."),
    "notice_before_proposal": N("Public notice starts on or after the day of the proposal (%(proposed_on)s)."),
    "decision_not_open": N("This decision was confirmed or revoked already."),
    "own_proposal": N("Whoever proposed a decision does not confirm it: another reviewer has to."),
    "notice_missing": N("Put the decision on public notice first."),
    "notice_running": N("The public notice runs until %(until)s: confirm it after that day."),
    "confirmed_date": N("The day lies between the proposal (%(proposed_on)s) and today."),
    "follow_up_done": N("This follow-up was done on %(done_on)s."),
}

EVIDENCE = {
    "score": N("a rated finding"),
    "on_site": N("on-site findings"),
    "phone": N("phone findings"),
    "talk": N("talk findings"),
    "relations": N("different source relations"),
    "leads": N("different leads"),
}

OPINION_FIELDS = {
    "performance": N("Main performance"),
    "strengths": N("Strengths"),
    "shortcomings": N("Shortcomings"),
    "conclusion": N("Conclusion"),
}


#: Verbs of the permission table and of the ledger, as the history shows them; "view_<model>" is made of the model's name.
VERBS = {
    # coming and going
    "sign_in": N("Signed in"),
    "sign_in_failed": N("Sign-in failed"),
    "sign_out": N("Signed out"),
    "sign_in_locked": N("Sign-in was locked"),
    "sign_in_unlocked": N("Unlocked the sign-in"),
    "session_ended": N("A session was ended"),
    "confirm_failed": N("Failed to confirm who he is"),
    "second_factor_on": N("Set up a second factor"),
    "second_factor_off": N("Switched off the second factor"),
    "second_factor_codes": N("Made new recovery codes"),
    "recovery_code_used": N("Used a recovery code"),
    "reset_second_factor": N("Reset a second factor"),
    "password_changed": N("Changed a password"),
    "refused": N("Was refused"),
    # looking and taking along
    "view": N("Looked at"),
    "view_source": N("Looked at who said it"),
    "reveal": N("Revealed ID number or phone"),
    "export": N("Exported"),
    "export_workbook": N("Exported the workbook"),
    "import_file": N("Imported a file"),
    "start_job": N("Asked for long work"),
    "cancel_job": N("Cancelled long work"),
    "save_profile": N("Saved appointment form data"),
    "save_view": N("Saved a view"),
    "remove_view": N("Removed a saved view"),
    "import_workbook": N("Imported the workbook"),
    "verify": N("Verified the history"),
    "anchor": N("Anchored the history"),
    "purge": N("Emptied old entries"),
    "verify_ledger": N("Verified the history"),
    "backup": N("Made a back-up"),
    "restore": N("Restored a back-up"),
    # people
    "save_unit": N("Saved a unit"),
    "save_cadre": N("Saved a cadre"),
    "save_duty": N("Saved a duty"),
    "save_sanction": N("Saved a sanction"),
    "save_kinship": N("Saved a kinship"),
    "save_user": N("Saved an account"),
    "renew_hash": N("Kept a password by a stronger hash"),
    "save_grant": N("Gave or ended a role"),
    # assessment
    "save_scheme": N("Saved a scheme"),
    "save_campaign": N("Saved a campaign"),
    "open_campaign": N("Opened a campaign"),
    "close_campaign": N("Closed a campaign"),
    "set_roster": N("Set the roster"),
    "remove_assessee": N("Took somebody off the roster"),
    "record_contact": N("Recorded a contact"),
    "withdraw_finding": N("Withdrew a finding"),
    "attach": N("Attached a file"),
    "withdraw_attachment": N("Withdrew a file"),
    "recombine": N("Computed the numbers again"),
    "draft_opinion": N("Drafted an opinion"),
    "submit": N("Submitted an evaluation"),
    "send_back": N("Returned an evaluation"),
    "sign": N("Signed an evaluation"),
    "give_notice": N("Gave the notice"),
    "reopen": N("Opened an evaluation again"),
    "file_appeal": N("Filed a review or appeal"),
    "decide_appeal": N("Decided a review or appeal"),
    "propose_decision": N("Proposed a decision"),
    "publish_decision": N("Put a decision on public notice"),
    "confirm_decision": N("Confirmed a decision"),
    "revoke_decision": N("Revoked a decision"),
    "follow_up": N("Followed a decision up"),
}

#: Why a session was ended.
WHY_ENDED = {
    "idle": N("not used for too long"),
    "absolute": N("the longest time of a sign-in was over"),
    "by_owner": N("ended by its owner"),
    "password_changed": N("the password was changed"),
    "switched_off": N("the account was switched off"),
    "second_factor_reset": N("the second factor was taken off"),
    "second_factor_on": N("the second factor was set up anew"),
}

#: What the verification of the history may find (`people.proof.verify` and what actions add to it).
FAULTS = {
    "trigger missing": N("The database lacks rules that keep rows from being altered: %(trigger)s."),
    "trigger altered": N("Rules of the database are not those that were installed: %(trigger)s."),
    "entry missing": N("Deleted from the history: entry %(which)s."),
    "entry altered": N("Entry %(entry)s was altered after it was written."),
    "entry inserted": N("Slipped into the history: entry %(which)s, which the program did not write there."),
    "entry replaced": N("Entry %(entry)s was replaced by one with a digest of its own; what stands before it may be, too: anchors tell."),
    "entries changed places": N("Entries %(entry)s and %(with)s changed places."),
    "tail cut": N("The newest entries were cut off: %(which)s."),
    "entry past the head": N("Entry %(which)s stands past the head: it was added, or the head was set back."),
    "head changed": N("The head does not fit the newest entry, %(entry)s: one of the two was changed."),
    "purge not recorded": N("Entry %(entry)s was emptied, %(count)s in all, and no purge is recorded as %(purge)s."),
    "purge differs from its entry": N("The purge of entry %(entry)s says that it emptied %(told)s entries; empty are %(count)s, or others."),
    "purged too young": N("Entry %(entry)s was emptied before 180 days had passed (purge %(purge)s)."),
    "entry is never purged": N("Entry %(entry)s was emptied; its kind (%(verb)s) is never purged."),
    "purged entry has content": N("Entry %(entry)s counts as purged, and has content."),
    "anchor missing": N(
        "Entry %(entry)s of an anchor is not there: the database was restored from an older copy, or its end was cut off. "
        "Anchors that are missing: %(count)s."
    ),
    "anchor differs": N("Entry %(entry)s is not the one that was anchored: entries were rewritten. Anchors that differ: %(count)s."),
    "anchor unreadable": N("Line %(line)s of the anchors cannot be read. Lines that cannot be read: %(count)s."),
    "row missing": N("%(record)s was deleted behind the program's back."),
    "row never recorded": N("%(record)s was added behind the program's back."),
    "row differs from the ledger": N("%(record)s was altered behind the program's back: %(fields)s."),
    "signed opinion altered": N("Signed opinion %(opinion)s is not what was signed."),
    "attachment missing": N("The file of attachment %(attachment)s (SHA-256 %(sha256)s) is not there."),
    "attachment altered": N("The file of attachment %(attachment)s is not the one that was put on record (SHA-256 %(sha256)s)."),
    "photo altered": N("Photo %(photo)s is not the one that was put on record."),
    "numbers do not follow from the findings": N("The numbers of evaluation %(evaluation)s do not follow from its findings: %(fields)s."),
}


def fault_sentence(fault):
    """What the verification found, in the reader's language; `assessment.queries.proof` puts its facts in words."""
    return _(FAULTS[fault.code]) % fault.facts if fault.code in FAULTS else str(fault)


def verb_name(verb):
    """A verb of the ledger or of the permission table in words; one that is unknown stands as it is."""
    if verb in VERBS:
        return _(VERBS[verb])
    model = _models().get(verb.removeprefix("view_")) if verb.startswith("view_") else None
    return _("Looked at: %(what)s") % {"what": model._meta.verbose_name_plural} if model else verb


@cache
def _models():
    return {model._meta.model_name: model for model in apps.get_models()}


MOST = 12  # words of a long set that a sentence names


def shortfall(missing):
    """(what, have, need) triples in words: "talk findings 0 of 1"."""
    return _("; ").join(
        _("%(what)s %(have)s of %(need)s") % {"what": _(EVIDENCE[what]), "have": have, "need": need}
        for what, have, need in missing
    )


def grade_name(grade):
    """A grade as it is shown: blank is 不确定等次."""
    return grade or _("Not determined")


def _fact(name, value):
    if name == "roles":
        return _(" or ").join(str(Grant.Role(role).label) for role in value)
    if name == "missing":
        return shortfall(value)
    if name == "sanction":
        return codes.SANCTION.name(value)
    if name in ("grade", "proposed"):
        return grade_name(value)
    if name == "field" and value in OPINION_FIELDS:
        return _(OPINION_FIELDS[value])
    if name == "role":
        return str(Grant.Role(value).label)
    if isinstance(value, list | tuple):
        shown = list(map(str, value))
        return _(", ").join(shown if len(shown) <= MOST else [*shown[:MOST], "…"])
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if hasattr(value, "year"):
        return date_format(value)
    return _("open end") if value is None else value


#: Why somebody was refused, as the history tells it of him: its entries keep the code alone.
BECAUSE = {
    "role_missing": N("his role does not allow it"),
    "outside_scope": N("outside his units"),
    "own_file": N("his own file"),
    "file_of_kin": N("the file of his kin"),
}


class _Unknown(dict):
    """Facts that are not known any more."""

    def __missing__(self, key):
        return "…"


def refused_because(code):
    """A code of a refusal in words, without its facts; one that is unknown stands as it is."""
    if code in BECAUSE:
        return _(BECAUSE[code])
    return (_(SENTENCES[code]) % _Unknown()).rstrip("。.") if code in SENTENCES else code


def sentence(refusal):
    """The sentence for a refusal, in the reader's language."""
    facts = {name: _fact(name, value) for name, value in refusal.facts.items()}
    return _(SENTENCES[refusal.code]) % facts


def fault_line(fault):
    """One error of a workbook in one line: sheet, row, column, value, and what is expected."""
    place = [fault.sheet]
    if fault.row:
        place.append(_("row %(row)s") % {"row": fault.row})
    if fault.column:
        place.append(fault.column)
    value = f" “{fault.value}”" if fault.value else ""
    said = sentence(Refusal(fault.code, fault.facts))
    return f"{_(', ').join(filter(None, place))}{value}: {said}" if any(place) else said


def note_line(note):
    """Something about a workbook that is no error."""
    return sentence(Refusal(*note))
