"""Pure decisions: same input, same bytes. No Django, no clock, no unseeded chance, no other part of essaim."""
