"""Carries out what a study asks for, wherever the work is done, and gives the same bits everywhere."""
