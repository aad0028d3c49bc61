//! Supplier lists: one or several ids in a row, and a name that stays on this machine.

use super::{Refused, Row, Sheet};
use crate::error::CliError;
use fairtrail::reason::Reason;
use fairtrail::subject::{SubjectError, SubjectId, normalise};

/// Ids of one supplier.
pub const SUBJECTS: usize = 64;
/// Bytes of a name.
const NAME_BYTES: usize = 256;

/// Columns of ids of any scheme, each written with its scheme.
const IDS: [&str; 4] = ["ids", "id", "subjects", "subject"];
/// Columns of ids of one scheme, and the scheme.
const SCHEMES: [(&str, &str); 11] = [
    ("abn", "abn"),
    ("cnpj", "cnpj"),
    ("gln", "gln"),
    ("imo", "imo"),
    ("lei", "lei"),
    ("lic", "lic"),
    ("org", "org"),
    ("os_id", "osid"),
    ("osid", "osid"),
    ("row", "row"),
    ("uscc", "uscc"),
];
const NAMES: [&str; 3] = ["name", "supplier", "supplier_name"];

/// One supplier of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supplier {
    /// Line it stands on.
    pub line: u64,
    /// What the list calls it; never leaves this machine.
    pub name: String,
    /// Its ids, sorted.
    pub subjects: Vec<SubjectId>,
}

/// A supplier list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppliers {
    /// The suppliers, in the order of the file.
    pub rows: Vec<Supplier>,
    /// Rows that are not taken, in the order of the file.
    pub refused: Vec<Refused>,
    /// Columns that mean nothing here.
    pub unread: Vec<String>,
}

impl Suppliers {
    /// Takes the suppliers out of a sheet.
    ///
    /// # Errors
    /// No column holds ids.
    pub fn of(sheet: &Sheet) -> Result<Self, CliError> {
        let columns = id_columns(sheet);
        if columns.iter().all(Option::is_none) {
            return Err(no_ids(sheet));
        }
        let name = sheet.column(&NAMES);
        let mut list = Self {
            rows: Vec::new(),
            refused: sheet.refused.clone(),
            unread: Vec::new(),
        };
        let read = |at: usize| columns.get(at).is_some_and(Option::is_some) || name == Some(at);
        let unread = sheet.columns.iter().enumerate();
        list.unread = unread
            .filter(|(at, column)| !read(*at) && !column.is_empty())
            .map(|(_, column)| column.clone())
            .collect();
        for row in &sheet.rows {
            match supplier(row, &columns, name) {
                Ok(supplier) => list.rows.push(supplier),
                Err(refused) => list.refused.push(refused),
            }
        }
        list.refused.sort_by_key(|refused| refused.line);
        Ok(list)
    }
}

fn no_ids(sheet: &Sheet) -> CliError {
    CliError::coded(Reason::ImportFormat, "no column holds ids")
        .hint("name a column `ids` (lei:… osid:… gln:…), or one after its scheme: lei, osid, gln, org, lic")
        .hint(format!("columns found: {}", sheet.columns.join(", ")))
        .hint("names alone: `fairtrail match NAMES.csv` proposes ids")
}

/// The scheme of a column of ids: empty when each id says its own.
fn scheme_of(column: &str) -> Option<&'static str> {
    let of_scheme = SCHEMES.iter().find(|(name, _)| *name == column);
    let scheme = of_scheme.map(|(_, scheme)| *scheme);
    scheme.or_else(|| IDS.contains(&column).then_some(""))
}

/// The ids of a row, sorted; columns as [`id_columns`] says.
///
/// # Errors
/// One of them is none.
pub(crate) fn row_ids(
    row: &Row,
    columns: &[Option<&'static str>],
) -> Result<Vec<SubjectId>, Refused> {
    let mut subjects = Vec::new();
    for (at, scheme) in columns.iter().enumerate() {
        let Some(scheme) = scheme else { continue };
        for text in ids(row.cell(Some(at)), scheme) {
            let subject = normalise(&text).map_err(|error| {
                let detail = format!("{text}: {error}");
                row.refused(error.code(), detail, hint_for(&error))
            })?;
            subjects.push(subject);
        }
    }
    subjects.sort();
    subjects.dedup();
    Ok(subjects)
}

/// The scheme of each column that holds ids: empty where each id says its own.
pub(crate) fn id_columns(sheet: &Sheet) -> Vec<Option<&'static str>> {
    sheet.columns.iter().map(|name| scheme_of(name)).collect()
}

fn supplier(
    row: &Row,
    columns: &[Option<&'static str>],
    name: Option<usize>,
) -> Result<Supplier, Refused> {
    let subjects = row_ids(row, columns)?;
    if subjects.is_empty() {
        let hint = "`fairtrail match NAMES.csv` proposes ids for names";
        return Err(row.refused(Reason::SubjectInvalid, "the row names no id", hint));
    }
    if subjects.len() > SUBJECTS {
        let detail = format!("{} ids, at most {SUBJECTS}", subjects.len());
        return Err(row.refused(Reason::TooLarge, detail, "one row is one supplier"));
    }
    let name = row.cell(name).to_owned();
    if name.len() > NAME_BYTES {
        let detail = format!("a name of {} bytes, at most {NAME_BYTES}", name.len());
        return Err(row.refused(Reason::ImportName, detail, "shorten it; it is only for you"));
    }
    let line = row.line;
    Ok(Supplier {
        line,
        name,
        subjects,
    })
}

/// The ids of a cell, each with its scheme. Some ids are printed with spaces inside, so spaces
/// separate ids only where each bears its scheme.
fn ids(cell: &str, scheme: &str) -> Vec<String> {
    let separates =
        |c: char| matches!(c, ';' | ',' | '|') || (scheme.is_empty() && c.is_whitespace());
    let ids = cell
        .split(separates)
        .map(str::trim)
        .filter(|id| !id.is_empty());
    let whole = |id: &str| {
        let prefix = id
            .split_once(':')
            .map(|(prefix, _)| prefix.to_ascii_lowercase());
        if scheme.is_empty() || prefix.as_deref() == Some(scheme) {
            id.to_owned()
        } else {
            format!("{scheme}:{id}")
        }
    };
    ids.map(whole).collect()
}

const fn hint_for(error: &SubjectError) -> &'static str {
    match error {
        SubjectError::NaturalPerson { .. } => {
            "a natural person's number has no place here: name the firm or the site"
        }
        SubjectError::CheckDigits { .. } => {
            "compare it with its source: check digits catch slips of the pen"
        }
        SubjectError::SchemeUnknown => {
            "write the scheme and a colon before it: lei: osid: gln: org: lic: abn: cnpj: imo: uscc: row:"
        }
        _ => "compare it with the form of its scheme",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Suppliers {
        Suppliers::of(&Sheet::parse(text.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn ids_stand_in_one_column_or_in_one_for_each_scheme() {
        let one = list("name,ids\nExample,\"osid:XA2026001N0RTHW; lei:999900DEMO0000000152\"\n");
        let many = list(
            "LEI;OS ID;Name;Town\n999900DEMO0000000152;XA 2026001 N0RTH W;Example;Northport\n",
        );
        assert_eq!(one.rows, many.rows);
        assert_eq!(one.rows[0].subjects.len(), 2);
        assert_eq!(one.rows[0].name, "Example");
        assert_eq!(many.unread, ["town"]);
    }

    #[test]
    fn each_bad_row_is_refused_with_its_reason() {
        let list = list(
            "ids\nlei:999900DEMO0000000153\n\nosid:XA2026001N0RTHW\nzz:1\ncpf:12345678909\n' \nnoscheme\n",
        );
        assert_eq!(list.rows.len(), 1);
        let codes: Vec<_> = list
            .refused
            .iter()
            .map(|row| (row.line, row.reason.as_str()))
            .collect();
        assert_eq!(codes[0], (2, "subject-invalid"));
        assert!(
            list.refused[0].detail.contains("should be"),
            "{}",
            list.refused[0].detail
        );
        assert_eq!(codes[1].1, "subject-scheme-unknown");
        assert_eq!(codes[2].1, "subject-natural-person");
        assert_eq!(codes.len(), 5);
        assert!(list.refused.iter().all(|row| !row.hint.is_empty()));
    }

    #[test]
    fn a_list_of_bare_names_is_told_what_to_do() {
        let error = Suppliers::of(&Sheet::parse(b"name\nExample\n").unwrap()).unwrap_err();
        assert_eq!(error.reason(), Some(Reason::ImportFormat));
        assert!(
            error
                .hints()
                .iter()
                .any(|hint| hint.contains("fairtrail match"))
        );
    }

    #[test]
    fn ids_and_names_are_bounded() {
        let row = |count: usize| {
            let ids: Vec<_> = (0..count)
                .map(|n| format!("lic:XA-LAB:NUMBER-{n}"))
                .collect();
            format!("ids\n{}\n", ids.join(" "))
        };
        assert_eq!(list(&row(SUBJECTS)).rows.len(), 1);
        assert_eq!(list(&row(SUBJECTS + 1)).refused[0].reason, Reason::TooLarge);
        let named = |len: usize| format!("ids,name\nlic:XA-LAB:N-1,{}\n", "x".repeat(len));
        assert_eq!(list(&named(NAME_BYTES)).rows.len(), 1);
        assert_eq!(
            list(&named(NAME_BYTES + 1)).refused[0].reason,
            Reason::ImportName
        );
    }
}
