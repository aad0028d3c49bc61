//! The closed codes of the envelope; an unknown one is refused by every version.

crate::code_enum! {
    /// What an author may be, by its grant.
    pub enum Role: "role" {
        /// A register speaking for itself.
        Authority = 0 "authority",
        /// Saw what a register showed.
        Observer = 1 "observer",
        /// Inspects and reports.
        Auditor = 2 "auditor",
        /// Employs, buys or supplies.
        Company = 3 "company",
        /// Recruits workers.
        Recruiter = 4 "recruiter",
        /// Proved control of a subject and may reply.
        Respondent = 5 "respondent",
        /// A non-governmental organisation.
        Ngo = 6 "ngo",
        /// A union or another organisation of workers.
        WorkerOrganisation = 7 "worker-organisation",
        /// Writes for the firm that granted it.
        Desk = 8 "desk",
        /// Keeps a log.
        Node = 9 "node",
        /// Accredits auditors.
        Scheme = 10 "scheme",
    }
}

crate::code_enum! {
    /// What a statement rests on.
    pub enum Basis: "basis" {
        /// The party's own word.
        SelfDeclared = 0 "self_declared",
        /// A document was seen.
        DocumentSeen = 1 "document_seen",
        /// Exported from a system.
        SystemExport = 2 "system_export",
        /// Seen on site.
        OnSite = 3 "on_site",
        /// Told by workers in interviews.
        WorkerInterview = 4 "worker_interview",
        /// Looked up in a register.
        RegisterLookup = 5 "register_lookup",
        /// Decided by a court or an agency.
        CourtOrAgency = 6 "court_or_agency",
    }
}

crate::code_enum! {
    /// What an entry does to the entry it refers to.
    pub enum RefType: "reference type" {
        /// Takes its place.
        Supersedes = 0 "supersedes",
        /// Withdraws it.
        Retracts = 1 "retracts",
        /// Answers it.
        Replies = 2 "replies",
        /// Closes it.
        Closes = 3 "closes",
        /// Speaks about it.
        About = 4 "about",
    }
}

crate::code_enum! {
    /// What a part holds.
    pub enum PartRole: "part role" {
        /// Typed content.
        Claim = 0 "claim",
        /// Text for people.
        Text = 1 "text",
        /// A document.
        Document = 2 "document",
    }
}

crate::code_enum! {
    /// Who may have a part.
    pub enum Audience: "audience" {
        /// Anyone.
        Public = 0 "public",
        /// Nodes and members of the charter.
        Network = 1 "network",
        /// Handed over by the author; only the digest is shared.
        Named = 2 "named",
    }
}
