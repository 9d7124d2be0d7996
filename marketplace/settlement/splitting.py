"""Sharing a price out, to the đồng. Pure arithmetic: no tables, no clock."""

from __future__ import annotations

from dataclasses import astuple, dataclass

from .models.rules import BASIS_POINTS, RATES_BP_MAX


@dataclass(frozen=True)
class Rates:
    """In basis points, hundredths of a per cent: 150 are 1.5 %. At most a half together."""

    commission_bp: int
    vat_bp: int
    pit_bp: int
    fund_bp: int = 0

    @property
    def total_bp(self) -> int:
        return self.commission_bp + self.vat_bp + self.pit_bp + self.fund_bp


@dataclass(frozen=True)
class Split:
    """An amount of đồng by whom it belongs to. Also a difference of two: then parts may be negative."""

    commission_vnd: int = 0
    vat_vnd: int = 0
    pit_vnd: int = 0
    seller_vnd: int = 0
    fund_vnd: int = 0  # of the village that hosts

    @property
    def gross_vnd(self) -> int:
        return self.commission_vnd + self.vat_vnd + self.pit_vnd + self.seller_vnd + self.fund_vnd

    def __add__(self, other: Split) -> Split:
        return Split(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    def __sub__(self, other: Split) -> Split:
        return Split(*(mine - theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


def split_of(amount_vnd: int, rates: Rates) -> Split:
    """Share ``amount_vnd`` out. What nobody else gets is the seller's, so the sum is always exact.

    Each of VAT, income tax, commission and the village's fund is its rate of the whole amount, rounded half
    up to a đồng, line by line; so none of them falls when the amount grows, and the seller's share never
    falls below zero.
    """
    assert amount_vnd >= 0, amount_vnd
    assert min(rates.commission_bp, rates.vat_bp, rates.pit_bp, rates.fund_bp) >= 0, rates
    assert rates.total_bp <= RATES_BP_MAX, rates
    commission_vnd = share_of(amount_vnd, rates.commission_bp)
    vat_vnd, pit_vnd = share_of(amount_vnd, rates.vat_bp), share_of(amount_vnd, rates.pit_bp)
    fund_vnd = share_of(amount_vnd, rates.fund_bp)
    seller_vnd = amount_vnd - commission_vnd - vat_vnd - pit_vnd - fund_vnd
    return Split(commission_vnd, vat_vnd, pit_vnd, seller_vnd, fund_vnd)


def share_of(amount_vnd: int, rate_bp: int) -> int:
    """Return ``rate_bp`` hundredths of a per cent of ``amount_vnd``, half a đồng rounded up."""
    return (amount_vnd * rate_bp + BASIS_POINTS // 2) // BASIS_POINTS
