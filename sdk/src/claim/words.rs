//! Open lists of words. A word this version does not know survives.

use super::word_list;

word_list! {
    /// Which part a subject plays.
    pub enum PartyRole {
        AuditBody "audit_body",
        Buyer "buyer",
        Dormitory "dormitory",
        Employer "employer",
        Goods "goods",
        LabourProvider "labour_provider",
        LegalEntity "legal_entity",
        LicenceHolder "licence_holder",
        Operator "operator",
        Recruiter "recruiter",
        Register "register",
        Site "site",
        SubAgent "sub_agent",
        Supplier "supplier",
        Vessel "vessel",
        /// Where the work is done, when that is not a site of the employer.
        Worksite "worksite",
    }
}

word_list! {
    /// How two identifiers relate.
    pub enum Relation {
        Formerly "formerly",
        Operates "operates",
        Owns "owns",
        SameLegalEntity "same_legal_entity",
        SameSite "same_site",
        SuccessorOf "successor_of",
        TradingNameOf "trading_name_of",
    }
}

word_list! {
    /// What a link between identifiers rests on.
    pub enum LinkEvidence {
        NameAndAddress "name_and_address",
        PartyStatement "party_statement",
        RegisterExtract "register_extract",
        SharedNumber "shared_number",
        SiteVisit "site_visit",
    }
}

word_list! {
    /// What a register says of a licence.
    pub enum LicenceState {
        Active "active",
        ActiveWithConditions "active_with_conditions",
        Applied "applied",
        Barred "barred",
        Cancelled "cancelled",
        Delisted "delisted",
        Expired "expired",
        /// No row any more, the cause unknown.
        NotFound "not_found",
        Provisional "provisional",
        Refused "refused",
        Revoked "revoked",
        RevokedImmediate "revoked_immediate",
        Surrendered "surrendered",
        Suspended "suspended",
        TransferredVoid "transferred_void",
        UnderAppeal "under_appeal",
    }
}

word_list! {
    /// What a licence allows.
    pub enum LicenceClass {
        Both "both",
        LabourProvider "labour_provider",
        PrivatePlacement "private_placement",
        ReceivingAgency "receiving_agency",
        SendingAgency "sending_agency",
        Sponsor "sponsor",
        SubAgent "sub_agent",
    }
}

word_list! {
    /// Where licensed work is done.
    pub enum WorkSetting {
        Domestic "domestic",
        LandBased "land_based",
        SeaBased "sea_based",
    }
}

word_list! {
    /// How workers were recruited.
    pub enum Channel {
        Agency "agency",
        Direct "direct",
        Government "government",
        SubAgent "sub_agent",
    }
}

word_list! {
    /// A term of a contract.
    pub enum Term {
        BaseWage "base_wage",
        Benefits "benefits",
        Deductions "deductions",
        Duration "duration",
        EmployerId "employer_id",
        Grievance "grievance",
        Hours "hours",
        Housing "housing",
        InjuryCover "injury_cover",
        Law "law",
        Leave "leave",
        NoFeeStatement "no_fee_statement",
        Overtime "overtime",
        PayInterval "pay_interval",
        Place "place",
        Probation "probation",
        Repatriation "repatriation",
        SocialSecurity "social_security",
        StrikeDisclosure "strike_disclosure",
        Termination "termination",
        Transport "transport",
        WorkKind "work_kind",
    }
}

word_list! {
    /// A version of a contract on a worker's way.
    pub enum Stage {
        Current "current",
        Offer "offer",
        OnArrival "on_arrival",
        RegisteredDestination "registered_destination",
        SignedOrigin "signed_origin",
    }
}

word_list! {
    /// What a wage or payment refers to.
    pub enum Interval {
        Day "day",
        Fortnight "fortnight",
        Hour "hour",
        Longer "longer",
        Month "month",
        Week "week",
    }
}

word_list! {
    /// Who holds workers' identity documents.
    pub enum DocumentHolder {
        Agent "agent",
        Employer "employer",
        EmployerOnRequestReceipt "employer_on_request_receipt",
        LockedStorageNoAccess "locked_storage_no_access",
        NotAssessed "not_assessed",
        Worker "worker",
    }
}

word_list! {
    /// How it was checked that workers understood.
    pub enum Understanding {
        Interview "interview",
        NoCheck "none",
        Quiz "quiz",
    }
}

word_list! {
    /// Who pays.
    pub enum Payer {
        Agency "agency",
        Employer "employer",
        Government "government",
        Worker "worker",
        WorkerLaterReimbursed "worker_later_reimbursed",
    }
}

word_list! {
    /// What a payment was for: recruitment fees, related costs, illegitimate costs.
    pub enum FeeCategory {
        Administrative "administrative",
        BondCollateral "bond_collateral",
        BribeKickback "bribe_kickback",
        Equipment "equipment",
        IllicitRecovery "illicit_recovery",
        Inflated "inflated",
        Insurance "insurance",
        Medical "medical",
        RecruitmentService "recruitment_service",
        SkillsTest "skills_test",
        TrainingOrientation "training_orientation",
        TravelLodging "travel_lodging",
        Undisclosed "undisclosed",
    }
}

word_list! {
    /// When on a worker's way a payment was made.
    pub enum FeeStage {
        Arrival "arrival",
        During "during",
        Exit "exit",
        Origin "origin",
        Transit "transit",
    }
}

word_list! {
    /// What a law or a standard says of a payment.
    pub enum FeeRule {
        Capped "capped",
        Permitted "permitted",
        Prohibited "prohibited",
    }
}

word_list! {
    /// The sort of an audit.
    pub enum AuditType {
        Closure "closure",
        FollowUp "follow_up",
        Initial "initial",
        Periodic "periodic",
        PriorityClosure "priority_closure",
        Special "special",
        WorkerDriven "worker_driven",
    }
}

word_list! {
    /// Whether the audited party knew when the auditors would come.
    pub enum Announcement {
        Announced "announced",
        NotStated "not_stated",
        SemiAnnounced "semi_announced",
        Unannounced "unannounced",
    }
}

word_list! {
    /// Whether auditors were kept from something.
    pub enum AccessDenied {
        Full "full",
        NotAtAll "none",
        Partial "partial",
    }
}

word_list! {
    /// What a finding is about.
    pub enum Topic {
        AccessDenied "access_denied",
        AgentUnlicensed "agent_unlicensed",
        Association "association",
        Child "child",
        Contract "contract",
        Debt "debt",
        Deception "deception",
        Deductions "deductions",
        Discrimination "discrimination",
        Documents "documents",
        Fees "fees",
        Grievance "grievance",
        Hours "hours",
        Isolation "isolation",
        Living "living",
        MgmtSystem "mgmt_system",
        Movement "movement",
        RecordsFalsified "records_falsified",
        Rest "rest",
        Retaliation "retaliation",
        Safety "safety",
        StateImposed "state_imposed",
        Subcontracting "subcontracting",
        Substitution "substitution",
        Threats "threats",
        Violence "violence",
        WagesBelowMin "wages_below_min",
        WagesWithheld "wages_withheld",
        YoungWorker "young_worker",
    }
}

word_list! {
    /// How far a finding reaches.
    pub enum Reach {
        Isolated "isolated",
        Recurring "recurring",
        Systemic "systemic",
    }
}

word_list! {
    /// What a finding rests on.
    pub enum EvidenceType {
        Document "document",
        ExternalReport "external_report",
        MgmtInterview "mgmt_interview",
        Observation "observation",
        PayrollRecalc "payroll_recalc",
        Photo "photo",
        RecordSample "record_sample",
        WorkerInterview "worker_interview",
    }
}

word_list! {
    /// Where a finding stands.
    pub enum FindingState {
        CapApproved "cap_approved",
        CapSubmitted "cap_submitted",
        ClosedUnverified "closed_unverified",
        ClosedVerified "closed_verified",
        Contained "contained",
        Disputed "disputed",
        ExtensionGranted "extension_granted",
        ExtensionRequested "extension_requested",
        InProgress "in_progress",
        Open "open",
        Overdue "overdue",
        Withdrawn "withdrawn",
    }
}

word_list! {
    /// How it was verified that a finding is closed.
    pub enum Verification {
        Desk "desk",
        OnSite "on_site",
        WorkerInterview "worker_interview",
    }
}
