//! Tables by a mapping: attestations, and whole audits as atomic batches. All parties are invented.

use crate::rows::{import, outside_texts};
use crate::world::{Ran, World};
use fairtrail::claim::{Claim, manifest};
use fairtrail_cli::exit::Exit;
use fairtrail_cli::import::table::TEMPLATES;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

const SITE: &str = "XA2026001N0RTHW";
const LEI: &str = "999900DEMO0000000152";

fn template(world: &World, name: &str) -> PathBuf {
    let file = world.path(&format!("{name}.toml"));
    let ran = world.run(&["import", "template", name, "-o", file.to_str().unwrap()]);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    file
}

fn table(world: &World, mapping: &Path, file: &Path) -> Ran {
    let refused = world.path("refused.csv");
    import(
        world,
        &[
            "table",
            "--mapping",
            mapping.to_str().unwrap(),
            file.to_str().unwrap(),
            "--refusals",
            refused.to_str().unwrap(),
        ],
    )
}

fn refused(world: &World) -> Vec<String> {
    let text = fs_err::read_to_string(world.path("refused.csv")).unwrap();
    let lines = text.lines().skip(1).map(|line| {
        let cells: Vec<_> = line.splitn(5, ',').skip(1).take(3).collect();
        cells.join(",")
    });
    lines.collect()
}

const ATTEST: &str = "Reference,Employer LEI,Worksite OS ID,Recruiter,Recruiter licence,Workers,\
    Recruited from,Recruited to,Country of work,Country of origin,ISCO-08,Channel,Workers paid fees,\
    Passports held by,Signed before departure,Workers hold a copy,Contract languages,\
    Lowest wage (MYR),Wage period,Fee category,Fee payer,Employer name\n";

fn auditor(scopes: &'static [&'static str]) -> World {
    World::with_role(fairtrail::entry::Role::Auditor, |_| {
        scopes.iter().map(|scope| (*scope).to_owned()).collect()
    })
}

#[test]
fn cohorts_are_attested_and_bad_rows_name_their_columns() {
    let world = auditor(&["lei:*", "osid:*", "org:*", "lic:*"]);
    let mapping = template(&world, "attest");
    let row = |key: &str, workers: &str, from: &str, fees: &str, wage: &str| {
        format!(
            "{key},{LEI},{SITE},org:NP-CRO-45995,lic:NP-DOFE:123/064/065,{workers},{from},2026-02,\
             Malaysia,Nepal,,agency,{fees},worker,yes,yes,en; ne,{wage},{period},{category},{payer},\
             Invented Works\n",
            period = if wage.is_empty() { "" } else { "month" },
            category = if fees == "yes" { "medical" } else { "" },
            payer = if fees == "yes" { "worker" } else { "" },
        )
    };
    let text = [
        ATTEST.to_owned(),
        row("c1", "120", "2026-01", "no", "1700"),
        row("c2", "33", "2026-01", "yes", "1700.50"),
        row("c3", "7", "2026-01", "no", ""),
        row("c4", "33", "01/2026", "no", ""),
        row("c5", "33", "2026-01", "perhaps", ""),
        row("c6", "about 30", "2026-01", "no", ""),
        row("c7", "33", "2026-03", "no", ""),
        row("c8", "33", "2026-01", "no", "1,700").replace("1,700", "\"1,700\""),
        row("c1", "33", "2026-01", "no", ""),
        row("", "33", "2026-01", "no", ""),
    ]
    .concat();
    let file = world.write("cohorts.csv", &text);
    let ran = table(&world, &mapping, &file);
    let json = ran.json();
    assert_eq!(
        json["stated"],
        1,
        "{} {}\n{:?}",
        ran.out,
        ran.err,
        refused(&world)
    );
    assert_eq!(
        refused(&world),
        [
            "2,,import-conflict",
            // Months of seven people point at them.
            "4,Recruited from,privacy-band",
            "5,Recruited from,import-date",
            "6,Workers paid fees,import-value",
            "7,Workers,import-count",
            "8,Recruited to,claim-invalid",
            "9,Lowest wage (MYR),import-value",
            "10,,import-conflict",
            "11,Reference,missing-field",
        ]
    );
    let outside = outside_texts(&world);
    assert!(outside.contains("\"size\":\"20-49\"") && outside.contains("170050"));
    assert!(!outside.contains("invented works"));
    assert_eq!(table(&world, &mapping, &file).json()["stated"], 0);

    let changed = text.replace("en; ne,1700.50", "en,1700.50");
    let changed = world.write("changed.csv", &changed);
    let json = table(&world, &mapping, &changed).json();
    assert_eq!(
        (&json["stated"], &json["superseding"]),
        (&1.into(), &1.into())
    );
}

const AUDIT: &str = "Report,Site OS ID,Scheme,Scheme version,Audit type,Announcement,First day,\
    Last day,Report date,Valid until,Workers,Migrant workers,Interviews,Site name,Site address,\
    Finding,Clause,Topic,Grade,Severity,Found on,Workers affected,Reply by,Due,Description\n";

fn finding(report: &str, own: &str) -> String {
    let finding = match own {
        "" => ",,,,,,,,,".to_owned(),
        own => format!("{own},A1.{own},Fees,Major,4,2026-03-03,12,,,Invented description"),
    };
    format!(
        "{report},{SITE},EXAMPLE-AUDIT,7.0,Initial,Unannounced,2026-03-02,2026-03-04,2026-03-20,\
         2028-03-19,312,45,25,Invented Site,Invented Road 1,{finding}\n"
    )
}

#[test]
fn an_audit_is_one_batch_with_its_manifest_or_nothing() {
    let world = auditor(&["osid:*"]);
    let mapping = template(&world, "audit");
    let bad = finding("R-3", "1").replace(",4,2026-03-03,", ",9,2026-03-03,");
    let text = [
        AUDIT.to_owned(),
        finding("R-1", "1"),
        finding("R-2", ""),
        finding("R-1", "2"),
        bad,
        finding("R-3", "2"),
        finding("R-4", "1"),
        finding("R-4", "2")
            .replace("312", "313000")
            .replace(",45,", ",5,"),
        finding("R-5", "1"),
        finding("R-5", "1"),
    ]
    .concat();
    let file = world.write("audits.csv", &text);
    let ran = table(&world, &mapping, &file);
    let json = ran.json();
    assert_eq!(json["plan"]["audit"], 2, "{} {}", ran.out, ran.err);
    assert_eq!(json["plan"]["finding"], 2);
    assert_eq!(json["stated"], 4);
    assert_eq!(
        refused(&world),
        [
            "5,Severity,claim-invalid",
            "6,,import-batch",
            "7,,import-batch",
            "8,,import-conflict",
            "9,,import-batch",
            "10,,import-conflict",
        ]
    );
    assert_manifests(&world);
    let outside = outside_texts(&world);
    assert!(outside.contains("\"total\":\"250+\"") && outside.contains("\"affected\":\"10-19\""));
    assert!(!outside.contains("invented") && !has_number(&outside, "312"));
    assert_eq!(table(&world, &mapping, &file).json()["stated"], 0);

    // One more finding: the audit with its new manifest and the finding, and nothing else.
    let more = world.write("more.csv", &(text + &finding("R-1", "3")));
    let json = table(&world, &mapping, &more).json();
    assert_eq!(
        (&json["plan"]["audit"], &json["plan"]["finding"]),
        (&1.into(), &1.into())
    );
    assert_eq!(json["batches"], 1);
}

/// Whether digits stand alone: a digest may hold the same ones between others.
fn has_number(text: &str, digits: &str) -> bool {
    let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(digits).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let behind = text[at + digits.len()..].chars().next();
        !inside(before) && !inside(behind)
    })
}

#[test]
fn numbers_are_found_between_other_signs_alone() {
    for text in ["{\"total\":312}", "[312,1]", "\"312\"", "312"] {
        assert!(has_number(text, "312"), "{text}");
    }
    assert!(!has_number("9312 3120 a312b", "312"));
}

/// Every audit declares exactly the findings that came with it.
fn assert_manifests(world: &World) {
    let node = world.wire.node();
    let (mut audits, mut findings) = (Vec::new(), Vec::new());
    for (entry, bodies) in &node.entries {
        match Claim::decode(
            entry.header().kind.as_str(),
            &bodies.first().map_or(vec![], |b| b.bytes.clone()),
        ) {
            Ok(Claim::Audit(audit)) => audits.push(audit),
            Ok(Claim::Finding(finding)) => findings.push(finding),
            _ => {}
        }
    }
    assert!(!audits.is_empty());
    for audit in audits {
        let own = findings
            .iter()
            .filter(|finding| finding.report_ref.as_ref() == Some(&audit.report_ref));
        let own: Vec<_> = own.map(|finding| finding.external_ref.unwrap()).collect();
        assert_eq!(usize::from(audit.findings_total), own.len());
        assert_eq!(audit.manifest, manifest(&own));
    }
}

#[test]
fn a_spreadsheet_says_what_a_csv_file_says() {
    let world = auditor(&["osid:*"]);
    let mapping = template(&world, "audit");
    let text = AUDIT.to_owned() + &finding("R-1", "1") + &finding("R-1", "2");
    let csv = world.write("audits.csv", &text);
    assert_eq!(table(&world, &mapping, &csv).json()["stated"], 3);
    let book = world.path("audits.xlsx");
    fs_err::write(&book, workbook(&text)).unwrap();
    let ran = table(&world, &mapping, &book);
    let json = ran.json();
    assert_eq!(
        (&json["stated"], &json["unchanged"]),
        (&0.into(), &3.into()),
        "{}",
        ran.out
    );

    for (bytes, reason) in [
        (b"PK\x03\x04nothing".to_vec(), "import-format"),
        (bomb(), "too-large"),
        (far_cell(), "too-large"),
    ] {
        fs_err::write(&book, bytes).unwrap();
        assert_eq!(table(&world, &mapping, &book).json()["reason"], reason);
    }
}

#[test]
fn mappings_that_break_a_rule_or_do_not_fit_the_file_are_refused_whole() {
    let world = auditor(&["osid:*"]);
    let good = TEMPLATES[1].1;
    let file = world.write("audits.csv", &(AUDIT.to_owned() + &finding("R-1", "1")));
    for (from, to, reason) in [
        ("kind = \"audit\"", "kind = \"rumour\"", "import-mapping"),
        (
            "memory = \"audits\"",
            "memory = \"../up\"",
            "import-mapping",
        ),
        (
            "\"workforce.total\"",
            "\"workforce..total\"",
            "import-mapping",
        ),
        (
            "convert = \"band\"",
            "convert = \"guess\"",
            "import-mapping",
        ),
        (
            "dates = \"YYYY-MM-DD\"",
            "dates = \"some day\"",
            "import-mapping",
        ),
        ("\"Grade\"", "\"Rank\"", "import-format"),
    ] {
        assert!(good.contains(from), "{from}");
        let mapping = world.write("bad.toml", &good.replacen(from, to, 1));
        let ran = table(&world, &mapping, &file);
        assert_eq!(ran.json()["reason"], reason, "{to}");
    }
    // A field that the claim does not have, and a raw count in the place of a band.
    for (from, to, line) in [
        (
            "report_ref = ",
            "report_number = ",
            "2,Report,import-mapping",
        ),
        (
            "{ column = \"Workers\", convert = \"band\" }",
            "{ column = \"Workers\" }",
            "2,Workers,privacy-raw-count",
        ),
    ] {
        assert!(good.contains(from), "{from}");
        let mapping = world.write("bad.toml", &good.replacen(from, to, 1));
        assert_eq!(table(&world, &mapping, &file).json()["stated"], 0);
        assert_eq!(refused(&world), [line]);
    }
    assert_eq!(world.stated(), 0);
}

fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn book(sheet: &str) -> Vec<u8> {
    const TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;
    const RELS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    const BOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Audits" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
    const BOOK_RELS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
    const STYLES: &str = r#"<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>"#;
    let sheet = format!(
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{sheet}</sheetData></worksheet>"#
    );
    packed(&[
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELS),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", BOOK_RELS),
        ("xl/styles.xml", STYLES),
        ("xl/worksheets/sheet1.xml", &sheet),
    ])
}

/// The rows of a CSV text as a workbook: dates as days since 1899-12-30, counts as numbers.
fn workbook(text: &str) -> Vec<u8> {
    let mut sheet = String::new();
    for (row, line) in text.lines().enumerate() {
        sheet += "<row>";
        for (column, cell) in line.split(',').enumerate() {
            let at = format!(
                "{}{}",
                char::from(b'A' + u8::try_from(column).unwrap()),
                row + 1
            );
            let days = cell
                .parse::<fairtrail::time::Date>()
                .ok()
                .map(|date| date.days() + 25_569);
            let cell = match (days, cell.parse::<u32>()) {
                (Some(days), _) => format!(r#"<c r="{at}" s="1"><v>{days}</v></c>"#),
                (None, Ok(number)) => format!(r#"<c r="{at}"><v>{number}</v></c>"#),
                (None, Err(_)) => {
                    format!(r#"<c r="{at}" t="inlineStr"><is><t>{cell}</t></is></c>"#)
                }
            };
            sheet += &cell;
        }
        sheet += "</row>";
    }
    book(&sheet)
}

/// A small file that unpacks to more than a file may hold.
fn bomb() -> Vec<u8> {
    packed(&[("xl/workbook.xml", &" ".repeat(65 * 1_024 * 1_024))])
}

/// A cell in the last column of a sheet.
fn far_cell() -> Vec<u8> {
    book(r#"<row><c r="XFD1048576"><v>1</v></c></row>"#)
}

#[test]
fn a_second_import_that_would_reveal_a_few_people_is_refused_row_by_row() {
    let world = auditor(&["lei:*", "osid:*", "org:*", "lic:*"]);
    let mapping = template(&world, "attest");
    let row = |key: &str, workers: &str, months: &str| {
        format!(
            "{key},{LEI},{SITE},org:NP-CRO-45995,lic:NP-DOFE:123/064/065,{workers},{months},\
             Malaysia,Nepal,,agency,no,worker,yes,yes,en; ne,,,,,Invented Works\n"
        )
    };
    let (spring, autumn) = ("2026-01,2026-02", "2026-09,2026-10");
    let first = world.write(
        "first.csv",
        &(ATTEST.to_owned() + &row("c1", "120", spring)),
    );
    let ran = table(&world, &mapping, &first);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    assert_eq!(world.stated(), 1);
    // Nearly the same people again; many fewer; other people; nearly as many as the row before.
    let rows = [
        row("c2", "117", spring),
        row("c3", "60", spring),
        row("c4", "117", autumn),
        row("c5", "55", spring),
        row("c6", "20-49", spring),
    ];
    let second = world.write("second.csv", &(ATTEST.to_owned() + &rows.concat()));
    let ran = table(&world, &mapping, &second);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    assert_eq!(
        refused(&world),
        ["2,,privacy-difference", "5,,privacy-difference"]
    );
    let told = fs_err::read_to_string(world.path("refused.csv")).unwrap();
    assert!(told.contains("differs by fewer than ten people"), "{told}");
    assert!(!told.contains("117") && !told.contains("55"), "{told}");
    assert_eq!(world.stated(), 4);
    // What was stated comes again and adds nothing; what was refused stays refused.
    let ran = table(&world, &mapping, &second);
    assert_eq!(ran.json()["stated"], 0);
    assert_eq!(refused(&world).len(), 2);
    // Numbers of imports and of statement files are compared with each other.
    let file = world.home().author(&"watcher".parse().unwrap());
    let counts = fairtrail::files::private_counts(&file).unwrap();
    let people: Vec<_> = counts.iter().map(|count| count.count).collect();
    assert_eq!(people.len(), 3, "{people:?}");
    assert!([120, 60, 117].iter().all(|count| people.contains(count)));
}

#[test]
fn a_part_that_leaves_few_over_refuses_its_whole_audit_and_the_last_cell_of_a_table_too() {
    let world = auditor(&["osid:*"]);
    let mapping = template(&world, "audit");
    let named = fs_err::read_to_string(&mapping).unwrap();
    let named = named.replace(
        "{ column = \"Workers affected\", convert = \"band\" }",
        "{ column = \"Workers affected\", convert = \"band\", group = \"Finding\", part_of = \"Report\" }",
    );
    let named = named.replace(
        "{ column = \"Workers\", convert = \"band\" }",
        "{ column = \"Workers\", convert = \"band\", group = \"Report\" }",
    );
    fs_err::write(&mapping, named).unwrap();
    let but_few = |report: &str| finding(report, "1").replace(",45,", ",310,");
    let part = |report: &str, own: &str, people: &str| {
        finding(report, own).replace(",12,", &format!(",{people},"))
    };
    let text = [
        AUDIT.to_owned(),
        but_few("R-1"),
        finding("R-1", "2").replace(",45,", ",310,"),
        part("R-2", "1", "200"),
        part("R-2", "2", "107"),
        part("R-3", "1", "200"),
        part("R-3", "2", "100"),
    ]
    .concat();
    let csv = world.write("audits.csv", &text);
    let ran = table(&world, &mapping, &csv);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    let refused = refused(&world);
    let lines: Vec<_> = refused.iter().map(|line| &line[..1]).collect();
    assert_eq!(lines, ["2", "3", "4", "5"], "{refused:?}");
    assert!(refused[0].ends_with("privacy-difference"), "{refused:?}");
    assert!(refused[1].ends_with("import-batch"), "{refused:?}");
    assert_eq!(world.stated(), 3, "the third audit and its findings");
}
