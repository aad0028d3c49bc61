# Kalimat putusan dan laporan. Bahasa: Indonesia.
# Reviewed: by nobody yet. A translation made by the project, to be read by a worker organisation
# and a lawyer before anybody relies on it.

licence-not-named = tidak diketahui izin apa pun dari perekrut { $recruiter }
recruiter-not-named = tidak disebutkan perekrut maupun izin
recruited-too-long = perekrutan berlangsung lebih lama daripada yang diperiksa: diketahui { $months }, selebihnya tidak diketahui
licence-unknown = status { $licence } tidak diketahui sepanjang { $months }
licence-lapsed = pekerja dilaporkan direkrut pada { $months } ketika { $licence } ditangguhkan, kedaluwarsa atau tidak berlaku karena sebab lain
no-licence = tidak ada izin yang berlaku atas { $licence } ketika pekerja direkrut pada { $months }
no-months = tidak ada bulan
months = { $first } sampai { $last } ({ $count } bulan)
status-not-found = daftar resmi tidak lagi menampilkannya, sebabnya tidak diketahui
status-under-appeal = keputusan sedang dalam banding; apakah izin berlaku sementara itu tidak diketahui
status-without-meaning = arti status { $status } tidak diketahui
no-register-statement = tidak ada pernyataan daftar resmi
may-have-begun = mungkin sudah, mungkin belum mulai
nothing-so-early = tidak ada yang diketahui tentang waktu seawal itu
nothing-so-late = tidak ada kabar sampai waktu itu
changed-around-then = status berubah sekitar waktu itu, harinya tidak diketahui
doubtful-status = yang menyatakannya memiliki rantai yang bercabang atau kunci yang bocor
rows-not-told-apart = beberapa baris daftar memakai nama ini dan tidak dapat dibedakan

fee-charged-for-nothing-stated = pekerja dilaporkan dipungut biaya, untuk apa tidak disebutkan
fee-paid = pekerja dilaporkan membayar untuk { $sorts }
fee-paid-up-to = pekerja dilaporkan membayar untuk { $sorts }, sampai { $amounts }
documents-on-request = pemberi kerja dilaporkan menyimpan dokumen identitas atas permintaan, dengan tanda terima: perlu ditanyakan
documents-held = dokumen identitas dilaporkan disimpan oleh: { $holder }

finding-overdue = temuan tentang { $topic }, dilaporkan pada { $found }, jatuh tempo pada { $due } dan masih terbuka
audit-incomplete = audit { $report } menyatakan { $declared } temuan, { $posted } dimuat: hasil tidak lengkap, perlu ditanyakan

replacement-in-doubt = { $count ->
   *[other] dimaksudkan menggantikan yang lain, pada cabang atau dengan kunci yang bocor: { $count } pernyataan; mana yang berlaku tidak diketahui
  }
standing-lost = { $count ->
   *[other] tidak dihitung, karena kedudukan pembuatnya dicabut atau telah berakhir: { $count } pernyataan; isinya belum pasti
  }
claims-unreadable = { $count ->
   *[other] ditahan, dihapus, rusak atau dari jenis yang tidak dikenal versi ini: { $count } pernyataan
  }
too-many-related-ids = lebih banyak perekrut dan izin disebutkan daripada yang diperiksa
alias-disputed = apakah { $id } menamai pihak yang sama dipersengketakan; apa yang dilaporkan tentangnya ditampilkan di sini
alias-not-covered = { $id } dilaporkan menamai pihak yang sama dan tidak tercakup
logs-missing = { $have } dari { $need } log yang diwajibkan telah dibaca
audit-missing = tidak diketahui audit di tempat oleh auditor yang diterima yang masih berlaku
audit-coverage-incomplete = tidak semua temuan yang dinyatakan audit telah dimuat
fee-not-assessed = apakah pekerja dipungut biaya tidak diperiksa
attestation-missing = tidak diketahui pernyataan tentang cara pekerja direkrut
author-last-heard = kabar terakhir dari { $author } pada { $at }
author-never-heard = tidak pernah ada kabar dari { $author }
inquiry-open = sebuah indikator aturan { $rule } perlu ditanyakan sebelum sesuatu dapat dikatakan

rule-r-01 = tidak ada izin yang berlaku saat perekrutan
rule-r-02 = direkrut dengan izin yang sudah tidak berlaku
rule-r-08 = pekerja membayar untuk perekrutannya
rule-r-19 = dokumen identitas disimpan pihak lain
rule-r-30 = temuan terbuka melewati tanggalnya
rule-r-47 = hasil audit tidak lengkap
