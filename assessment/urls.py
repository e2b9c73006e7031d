"""The site map, grouped by noun. `<noun>_list`, `<noun>_export`, `<noun>_detail`, `<noun>_add`, `<noun>_edit`, `<noun>_<verb>`."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from assessment.views import cadres, duties, sanctions, units

urlpatterns = [
    # --- coming in, going out
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/", login_not_required(set_language), name="set_language"),
    # --- home
    path("", RedirectView.as_view(pattern_name="cadre_list"), name="home"),
    # --- cadres
    path("cadres/", cadres.CadreList.as_view(), name="cadre_list"),
    path("cadres/export", cadres.CadreList.export_view(), name="cadre_export"),
    path("cadres/options", cadres.CadreOptions.as_view(), name="cadre_options"),
    path("cadres/add", cadres.CadreAdd.as_view(), name="cadre_add"),
    path("cadres/<int:pk>/", cadres.CadreDetail.as_view(), name="cadre_detail"),
    path("cadres/<int:pk>/edit", cadres.CadreEdit.as_view(), name="cadre_edit"),
    path("cadres/<int:pk>/reveal", cadres.CadreReveal.as_view(), name="cadre_reveal"),
    path("cadres/<int:pk>/sanctions/add", sanctions.SanctionAdd.as_view(), name="sanction_add"),
    path("cadres/<int:pk>/kin/add", sanctions.KinshipAdd.as_view(), name="kinship_add"),
    path("sanctions/<int:pk>/edit", sanctions.SanctionEdit.as_view(), name="sanction_edit"),
    path("sanctions/<int:pk>/remove", sanctions.SanctionRemove.as_view(), name="sanction_remove"),
    path("kin/<int:pk>/remove", sanctions.KinshipRemove.as_view(), name="kinship_remove"),
    # --- units
    path("units/", units.UnitList.as_view(), name="unit_list"),
    path("units/export", units.UnitList.export_view(), name="unit_export"),
    path("units/options", units.UnitOptions.as_view(), name="unit_options"),
    path("units/add", units.UnitAdd.as_view(), name="unit_add"),
    path("units/<int:pk>/", units.UnitDetail.as_view(), name="unit_detail"),
    path("units/<int:pk>/edit", units.UnitEdit.as_view(), name="unit_edit"),
    # --- duties
    path("duties/", duties.DutyList.as_view(), name="duty_list"),
    path("duties/export", duties.DutyList.export_view(), name="duty_export"),
    path("duties/board", duties.DutyBoard.as_view(), name="duty_board"),
    path("duties/add", duties.DutyAdd.as_view(), name="duty_add"),
    path("duties/<int:pk>/", duties.DutyDetail.as_view(), name="duty_detail"),
    path("duties/<int:pk>/edit", duties.DutyEdit.as_view(), name="duty_edit"),
    path("duties/<int:pk>/remove", duties.DutyRemove.as_view(), name="duty_remove"),
]
