"""The site map, grouped by noun. `<noun>_list`, `<noun>_export`, `<noun>_detail`, `<noun>_add`, `<noun>_edit`, `<noun>_<verb>`."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from assessment.views import cadres, campaigns, duties, grants, rosters, sanctions, schemes, units, users

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
    # --- campaigns
    path("campaigns/", campaigns.CampaignList.as_view(), name="campaign_list"),
    path("campaigns/export", campaigns.CampaignList.export_view(), name="campaign_export"),
    path("campaigns/add", campaigns.CampaignAdd.as_view(), name="campaign_add"),
    path("campaigns/<int:pk>/", campaigns.CampaignDetail.as_view(), name="campaign_detail"),
    path("campaigns/<int:pk>/edit", campaigns.CampaignEdit.as_view(), name="campaign_edit"),
    path("campaigns/<int:pk>/quality", campaigns.CampaignQuality.as_view(), name="campaign_quality"),
    path("campaigns/<int:pk>/open", campaigns.CampaignOpen.as_view(), name="campaign_open"),
    path("campaigns/<int:pk>/close", campaigns.CampaignClose.as_view(), name="campaign_close"),
    path("campaigns/<int:pk>/recombine", campaigns.CampaignRecombine.as_view(), name="campaign_recombine"),
    path("campaigns/<int:pk>/roster", rosters.Roster.as_view(), name="campaign_roster"),
    path("campaigns/<int:pk>/roster/export", rosters.Roster.export_view(), name="campaign_roster_export"),
    path("campaigns/<int:pk>/roster/add", rosters.RosterPick.as_view(), name="campaign_pick"),
    path("roster/<int:pk>/remove", rosters.RosterRemove.as_view(), name="campaign_remove"),
    # --- schemes
    path("schemes/", schemes.SchemeList.as_view(), name="scheme_list"),
    path("schemes/export", schemes.SchemeList.export_view(), name="scheme_export"),
    path("schemes/add", schemes.SchemeAdd.as_view(), name="scheme_add"),
    path("schemes/<int:pk>/", schemes.SchemeDetail.as_view(), name="scheme_detail"),
    path("schemes/<int:pk>/edit", schemes.SchemeEdit.as_view(), name="scheme_edit"),
    # --- users and grants
    path("password/", users.OwnPassword.as_view(), name="own_password"),
    path("users/", users.UserList.as_view(), name="user_list"),
    path("users/export", users.UserList.export_view(), name="user_export"),
    path("users/add", users.UserAdd.as_view(), name="user_add"),
    path("users/<int:pk>/", users.UserDetail.as_view(), name="user_detail"),
    path("users/<int:pk>/edit", users.UserEdit.as_view(), name="user_edit"),
    path("users/<int:pk>/password", users.UserPassword.as_view(), name="user_password"),
    path("users/<int:pk>/switch", users.UserSwitch.as_view(), name="user_switch"),
    path("users/<int:pk>/grants/add", grants.GrantAdd.as_view(), name="grant_add"),
    path("grants/", grants.GrantList.as_view(), name="grant_list"),
    path("grants/export", grants.GrantList.export_view(), name="grant_export"),
    path("grants/<int:pk>/end", grants.GrantEnd.as_view(), name="grant_end"),
]
