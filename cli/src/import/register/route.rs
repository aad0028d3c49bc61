//! Routes of the register and their licence class codes.

use crate::import::name::collapse_spaces;
use std::fmt;

macro_rules! routes {
    ($($variant:ident = $code:literal : $printed:literal,)*) => {
        /// A route a sponsor may be licensed for; each is a licence of its own.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord,
            serde::Serialize, serde::Deserialize,
        )]
        #[non_exhaustive]
        pub enum Route { $(#[doc = $printed] #[serde(rename = $code)] $variant,)* }

        impl Route {
            /// Every route, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The licence class code, at most 48 bytes.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The route as the register prints it.
            pub const fn printed(self) -> &'static str {
                match self { $(Self::$variant => $printed,)* }
            }
        }
    };
}

// The printed names are longer than a code may be, so the codes are chosen here and never change.
routes! {
    CharityWorker = "charity-worker": "Charity Worker",
    CreativeWorker = "creative-worker": "Creative Worker",
    GbmGraduateTrainee = "gbm-graduate-trainee": "Global Business Mobility: Graduate Trainee",
    GbmSecondmentWorker = "gbm-secondment-worker": "Global Business Mobility: Secondment Worker",
    GbmSeniorOrSpecialist = "gbm-senior-or-specialist-worker": "Global Business Mobility: Senior or Specialist Worker",
    GbmServiceSupplier = "gbm-service-supplier": "Global Business Mobility: Service Supplier",
    GbmUkExpansionWorker = "gbm-uk-expansion-worker": "Global Business Mobility: UK Expansion Worker",
    GovernmentExchange = "government-authorised-exchange": "Government Authorised Exchange",
    InternationalAgreement = "international-agreement": "International Agreement",
    InternationalSportsperson = "international-sportsperson": "International Sportsperson",
    IntraCompanyRoutes = "intra-company-routes": "Intra-company Routes",
    IntraCompanyTransfers = "intra-company-transfers": "Intra Company Transfers (ICT)",
    MinistersOfReligion = "ministers-of-religion": "Tier 2 Ministers of Religion",
    ReligiousWorker = "religious-worker": "Religious Worker",
    ScaleUp = "scale-up": "Scale-up",
    SeasonalWorker = "seasonal-worker": "Seasonal Worker",
    SkilledWorker = "skilled-worker": "Skilled Worker",
}

impl Route {
    /// The route of a printed name; `None` for a route this table lacks.
    pub fn of_printed(printed: &str) -> Option<Self> {
        let printed = collapse_spaces(printed);
        let mut all = Self::ALL.iter().copied();
        all.find(|route| route.printed() == printed)
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_distinct_codes_and_routes_read_back() {
        let codes: BTreeSet<_> = Route::ALL.iter().map(|route| route.code()).collect();
        assert_eq!(codes.len(), Route::ALL.len());
        for route in Route::ALL {
            assert!(route.code().len() <= 48);
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
            assert!(route.code().bytes().all(plain), "{route}");
            assert_eq!(Route::of_printed(route.printed()), Some(*route));
            let json = serde_json::to_string(route).unwrap();
            assert_eq!(json, format!("\"{}\"", route.code()));
        }
        assert_eq!(Route::of_printed("Student"), None);
    }
}
