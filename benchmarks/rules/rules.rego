# The rules of benchmarks.rules.ELEMENTS for Rego: `failed` is the set of those not met.
# `<id>/person` is an element's third result, for a person.
#
# Days are day numbers; a fact that is null is left out of the input, so that a comparison with it
# is undefined. The agreement's figures are data.

package rules

import rego.v1

failed contains "investigation-stage" if {
	not input.investigation_stage in {"proceeding-preparation", "investigation", "grand-jury"}
}

failed contains "investigation-opened" if not input.d_investigation_opened_on <= data.basis.as_of

failed contains "finality-event" if {
	not input.finality_event in {
		"appeal-dismissed",
		"appeal-waived",
		"appeal-time-expired",
		"certified-decision",
		"in-absentia",
		"voluntary-departure-overstay",
	}
}

failed contains "order-date" if not is_number(input.d_order_date)

failed contains "dates-in-order" if input.d_order_date > input.d_finality_date

failed contains "dates-in-order" if input.d_finality_date > data.basis.as_of

failed contains "dates-in-order" if input.d_order_date > data.basis.as_of

failed contains "dates-in-order" if input.d_order_date > input.d_judicial_review_final_on

failed contains "dates-in-order" if input.d_judicial_review_final_on > data.basis.as_of

failed contains "dates-in-order" if input.d_custody_released_on > data.basis.as_of

failed contains "judicial-review" if not judicial_review_stated

judicial_review_stated if {
	input.judicial_review_had == "no"
	not input.judicial_review_final_on
}

judicial_review_stated if {
	input.judicial_review_had == "yes"
	is_number(input.d_judicial_review_final_on)
}

failed contains "ninety-days" if not input.d_finality_date < data.basis.as_of - 90

failed contains "ninety-days" if not court_clock_run

court_clock_run if input.judicial_review_had == "no"

court_clock_run if {
	input.judicial_review_had == "yes"
	input.d_judicial_review_final_on < data.basis.as_of - 90
}

failed contains "removal-period-run" if not custody_clock_run

custody_clock_run if input.nonimmigration_custody_had == "no"

custody_clock_run if {
	input.nonimmigration_custody_had == "yes"
	input.d_custody_released_on < data.basis.as_of - 90
}

failed contains "nonimmigration-custody" if not nonimmigration_custody_stated

nonimmigration_custody_stated if {
	input.nonimmigration_custody_had == "no"
	not input.custody_released_on
}

nonimmigration_custody_stated if {
	input.nonimmigration_custody_had == "yes"
	is_number(input.d_custody_released_on)
}

failed contains "stay-application" if not input.stay_applied_for in {"yes", "no"}

failed contains "no-stay-in-force" if not input.stay_in_force == "no"

failed contains "no-review-pending" if not input.review_pending == "no"

failed contains "no-deferred-action" if not input.deferred_action == "no"

failed contains "not-reopened" if not input.reopened == "no"

failed contains "not-departed" if not input.departed == "no"

failed contains "not-deceased" if not input.deceased == "no"

failed contains "not-citizen" if not input.citizen == "no"

failed contains "not-under-supervision" if not input.supervision_compliant == "no"

failed contains "no-protection" if not input.protection_granted == "no"

failed contains "removal-practicable" if not input.removal_impracticable == "no"

failed contains "status-fresh" if not status_fresh

status_fresh if {
	input.d_status_checked_on <= data.basis.as_of
	input.d_status_checked_on >= data.basis.as_of - data.basis.status_age_days
}

failed contains "removal-period-extension" if not input.removal_period_extended in {"yes", "no"}

failed contains "removal-period-extension/person" if input.removal_period_extended == "yes"

failed contains "officer-load" if not is_number(input.m_officer_load_max)

failed contains "officer-load/person" if input.m_officer_load_max > data.basis.officer_load

failed contains "identical-reasons" if not is_number(input.m_identical_reasons)

failed contains "identical-reasons/person" if {
	input.m_identical_reasons > data.basis.identical_reasons
}

failed contains "shared-address" if not is_number(input.m_shared_address)

failed contains "shared-address/person" if input.m_shared_address > data.basis.shared_address

failed contains "window-volume" if not is_number(input.m_window_volume)

failed contains "window-volume/person" if input.m_window_volume > data.basis.batch_volume

failed contains "items-of-agreement" if not input.items == data.basis.items

failed contains "name-of-taxpayer" if not input.n_absent == false

failed contains "address-of-taxpayer" if not input.a_absent == false
