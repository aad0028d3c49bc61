//! Faults that are planted into what stands around the state machines.

/// One fault; the machines themselves are always the real ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Planted {
    /// The store says that frames are synced and does not sync them.
    SyncLies,
    /// Admission says that entries are durable before they are.
    AnswersEarly,
    /// A start does not look at the guard.
    ForgetsGuard,
    /// A start takes the cursor for good whatever became of the own log.
    TrustsCursor,
    /// Leaves are taken for held by the first byte of their hash.
    ComparesShort,
    /// Runs are offered by rising id instead of log order.
    SortsRuns,
    /// Bodies of erased parts are kept when they come.
    KeepsErased,
    /// An erasure changes look-ups and leaves the bytes where they are.
    OverwritesNothing,
    /// Following goes through a door that takes no second branch.
    RefusesForks,
    /// An id that is known makes another leaf.
    CountsTwice,
    /// What a log signed is not kept with the cursor.
    ForgetsSeen,
    /// Proofs are not told to anybody.
    TellsNobody,
    /// Whoever asks is taken for a member.
    ServesAnybody,
    /// A promise names the index behind the right one.
    PromisesWrong,
    /// A start cuts off the last synced frame as torn.
    CutsSynced,
    /// After a failed round there is no next one.
    GivesUp,
    /// What a stranger says is passed on whatever it is.
    PassesOn,
    /// Proofs are not on the disk.
    ForgetsProofs,
    /// Whoever is named in a file counts as proved guilty.
    Believes,
    /// A log is followed on in spite of a proof that came from elsewhere.
    GoesOn,
    /// No file is made of forks.
    FindsNoForks,
    /// Parts that did not come with their entries are not looked for.
    NeverGleans,
    /// A node that becomes a member asks on as the stranger it was.
    StaysStranger,
    /// Late bodies are stored whatever is erased by then.
    FillsErased,
    /// Late bodies are in memory alone.
    ForgetsLate,
    /// What was lost is not looked for.
    NeverRepairs,
    /// Of a trie that differs only the left side of the root is descended.
    DescendsLeft,
    /// Of all that differs in an answer only the first is gone after.
    StopsAtFirst,
    /// Entries are taken for admitted by the first byte of their id.
    LooksShort,
}

impl Planted {
    pub(crate) const ALL: [Self; 29] = [
        Self::SyncLies,
        Self::AnswersEarly,
        Self::ForgetsGuard,
        Self::TrustsCursor,
        Self::ComparesShort,
        Self::SortsRuns,
        Self::KeepsErased,
        Self::OverwritesNothing,
        Self::RefusesForks,
        Self::CountsTwice,
        Self::ForgetsSeen,
        Self::TellsNobody,
        Self::ServesAnybody,
        Self::PromisesWrong,
        Self::CutsSynced,
        Self::GivesUp,
        Self::PassesOn,
        Self::ForgetsProofs,
        Self::Believes,
        Self::GoesOn,
        Self::FindsNoForks,
        Self::NeverGleans,
        Self::StaysStranger,
        Self::FillsErased,
        Self::ForgetsLate,
        Self::NeverRepairs,
        Self::DescendsLeft,
        Self::StopsAtFirst,
        Self::LooksShort,
    ];
}
