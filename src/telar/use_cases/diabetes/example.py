"""An encounter to begin a form with: made up, in the way of the published ones."""

from pydantic import JsonValue

from telar.use_cases.diabetes.columns import DRUGS

EXAMPLE: dict[str, JsonValue] = {
    **dict.fromkeys(DRUGS, "No"),
    "encounter_id": 149190000,
    "patient_nbr": 55629000,
    "race": "Caucasian",
    "gender": "Female",
    "age": "[60-70)",
    "admission_type_id": "1",
    "discharge_disposition_id": "22",
    "admission_source_id": "7",
    "time_in_hospital": 5,
    "payer_code": "MC",
    "medical_specialty": "InternalMedicine",
    "num_lab_procedures": 47,
    "num_procedures": 1,
    "num_medications": 18,
    "number_outpatient": 0,
    "number_emergency": 1,
    "number_inpatient": 2,
    "diag_1": "428",
    "diag_2": "250.02",
    "diag_3": "403",
    "number_diagnoses": 9,
    "A1Cresult": ">8",
    "metformin": "Steady",
    "insulin": "Up",
    "glyburide-metformin": "Steady",
    "change": "Ch",
    "diabetesMed": "Yes",
}
