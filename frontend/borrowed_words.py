"""Sentences of our libraries that people and programs read here, and whose Vietnamese is missing or poor.

Marked here, they are collected like ours, and our catalogue is looked into before the libraries'.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

DJANGO = (
    _("This field is required."),
    _("Enter a valid value."),
    _("Enter a whole number."),
    _("Enter a number."),
    _("Enter a valid date."),
    _("Enter a valid email address."),
    _("Null characters are not allowed."),
    _("Ensure this value is less than or equal to %(limit_value)s."),
    _("Ensure this value is greater than or equal to %(limit_value)s."),
    _("Select a valid choice. %(value)s is not one of the available choices."),
    _("Select a valid choice. That choice is not one of the available choices."),
    _("(Hidden field %(name)s) %(error)s"),
    _("Old password"),
    _("New password"),
    _("New password confirmation"),
    _("Your old password was entered incorrectly. Please enter it again."),
    _("The two password fields didn’t match."),
    _("This password is too common."),
    _("Your password can’t be a commonly used password."),
)
DJANGO_COUNTED = (
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
        "min_length",
    ),
)
REST_FRAMEWORK = (
    _('"{input}" is not a valid choice.'),
    _("A valid integer is required."),
    _("A valid number is required."),
    _("Authentication credentials were not provided."),
    _("Could not satisfy the request Accept header."),
    _("Ensure this field has at least {min_length} characters."),
    _("Ensure this field has no more than {max_length} characters."),
    _("Ensure this value is greater than or equal to {min_value}."),
    _("Ensure this value is less than or equal to {max_value}."),
    _('Expected a list of items but got type "{input_type}".'),
    _("Expected available in {wait} second."),
    _("Expected available in {wait} seconds."),
    _("Incorrect authentication credentials."),
    _("Invalid data. Expected a dictionary, but got {datatype}."),
    _("Invalid input."),
    _("Invalid page."),
    _("Malformed request."),
    _('Method "{method}" not allowed.'),
    _("Must be a valid UUID."),
    _("Must be a valid boolean."),
    _("Not a valid string."),
    _("Not found."),
    _("Request was throttled."),
    _("This field may not be blank."),
    _("This field may not be null."),
    _("This list may not be empty."),
    _('Unsupported media type "{media_type}" in request.'),
    _("You do not have permission to perform this action."),
)
SIMPLE_JWT = (
    _("Given token not valid for any token type"),
    _("Token is invalid or expired"),
    _("Token is invalid"),
    _("Token is expired"),
    _("User not found"),
    _("User is inactive"),
    _("The user's password has been changed."),
)
OSCAR = (
    # The administrators' pages.
    _("Add"),
    _("Category details"),
    _("Detail"),
    _("Download CSV"),
    _("Drag images to re-order them. Space for additional images will appear when images are added."),
    _("From"),
    _("Help text"),
    _("Leave blank to generate from category name"),
    _("Leave blank to generate from product title"),
    _("Login"),
    _("Meta description"),
    _("Meta title"),
    _('Name matches "%s"'),
    _("Next"),
    _("No"),
    _("No status changes."),
    _("Offers, vouchers"),
    _("Please enter a correct username and password. Note that both fields may be case-sensitive."),
    _("Please save the product before trying to add variants."),
    _("Previous"),
    _("Search engine optimisation"),
    _("Show this category in search results and catalogue listings."),
    _("Status Changes"),
    _("To"),
    _("Yes"),
)
