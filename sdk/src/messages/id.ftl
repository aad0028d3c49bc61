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

contract-changed-worse = syarat kontrak dilaporkan berubah menjadi lebih buruk: { $terms }
contract-versions-differ = versi kontrak berbeda ({ $stages }), apa yang berubah tidak disebutkan: perlu ditanyakan
terms-missing = kontrak telah dibaca dan dilaporkan tanpa: { $terms }
contract-language = kontrak dilaporkan dalam { $written }, pekerja dilaporkan berbahasa { $spoken }
signed-after-departure = pekerja dilaporkan berangkat sebelum kontrak ditandatangani
signed-partly-after-departure = sebagian pekerja dilaporkan berangkat sebelum kontrak ditandatangani
signed-late = kontrak dilaporkan ditandatangani { $days } hari sebelum keberangkatan, kurang dari { $least }
exit-hindered = keluar dari pekerjaan dilaporkan terhambat: { $how }
exit-not-free = pekerja tidak boleh keluar
exit-penalty = keluar lebih awal memungut uang dari pekerja
exit-penalty-of = keluar lebih awal memungut { $amount } dari pekerja
exit-notice = pemberitahuan { $days } hari
deposit-of-workers = pekerja dilaporkan menyerahkan uang jaminan
deposit-of-workers-of = pekerja dilaporkan menyerahkan uang jaminan sebesar { $amounts }
deposit-payer-unknown = uang jaminan dilaporkan, siapa yang membayar tidak disebutkan: perlu ditanyakan
wage-below-minimum = dilaporkan upah { $wage } untuk tiap { $per }, di bawah minimum { $minimum } untuk tiap { $interval } yang disebut { $source } dari { $from } sampai { $to }
wage-perhaps-below-minimum = dilaporkan upah { $wage } untuk tiap { $per }, yang mungkin di bawah minimum { $minimum } untuk tiap { $interval } yang disebut { $source } dari { $from } sampai { $to }: perlu ditanyakan
wages-late = jarak antar pembayaran upah dilaporkan: { $interval }
deductions-heavy = potongan upah dilaporkan: { $shares }
deductions-total = seluruhnya { $share }
deductions-housing = perumahan { $share }
deductions-food = makanan { $share }
hours-long = waktu kerja dilaporkan melampaui yang ditetapkan: { $how }
hours-with-overtime = { $hours } jam seminggu dengan lembur
hours-normal = { $hours } jam biasa seminggu
hours-rest = hari istirahat seminggu: { $days }

finding-overdue = temuan tentang { $topic }, dilaporkan pada { $found }, jatuh tempo pada { $due } dan masih terbuka
finding-overdue-by-scheme = temuan tentang { $topic }, dilaporkan pada { $found }, tidak menyebut tanggal; menurut tenggat { $scheme } dalam pengaturan jatuh tempo pada { $due }, dan masih terbuka
finding-open-on-topic = temuan tentang { $topic }, dilaporkan pada { $found }, masih terbuka
finding-long-open = temuan tentang { $topic }, dilaporkan pada { $found }, tidak memiliki tenggat dan terbuka lebih dari { $days } hari: perlu ditanyakan
finding-self-closed = temuan tentang { $topic }, dilaporkan pada { $found }, dikatakan ditutup dengan verifikasi oleh { $verifier }, yang dilaporkan sebagai pihak yang diaudit atau terkait dengannya: perlu ditanyakan
finding-repeated = temuan tentang { $topic }, dilaporkan pada { $found }, menyatakan lagi apa yang sudah dilaporkan sebelumnya
reply-pending = temuan tentang { $topic }, dilaporkan pada { $found }: jawaban ditunggu sampai { $until }
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
chain-cut = { $count ->
   *[other] { $count } langkah mengarah ke pihak yang tidak diperiksa
}
chain-not-stated = tidak ada yang menyatakan pihak ini bergantung pada siapa; itu tidak berarti: tidak pada siapa pun
chain-party-not-named = pihak yang tidak disebut namanya: { $id }
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
rule-r-15 = kontrak diubah di tengah jalan
rule-r-16 = syarat yang tidak ada dalam kontrak
rule-r-17 = kontrak bukan dalam bahasa pekerja
rule-r-18 = kontrak terlambat ditandatangani
rule-r-19 = dokumen identitas disimpan pihak lain
rule-r-20 = keluar dari pekerjaan terhambat
rule-r-21 = uang jaminan dari pekerja
rule-r-22 = upah di bawah minimum menurut hukum
rule-r-23 = upah terlambat atau ditahan
rule-r-24 = potongan upah yang besar
rule-r-25 = jam kerja panjang atau tanpa istirahat
rule-r-30 = temuan terbuka melewati tanggalnya
rule-r-47 = hasil audit tidak lengkap
rule-r-26 = gerak dibatasi, atau pekerja diisolasi
rule-r-27 = kekerasan, ancaman atau pembalasan
rule-r-28 = kondisi tempat tinggal
rule-r-29 = anak atau pekerja muda bekerja
rule-r-31 = temuan lama terbuka tanpa tenggat
rule-r-32 = temuan ditutup atas kata pihak yang diaudit sendiri
rule-r-33 = hal yang sama ditemukan lagi
rule-r-41 = kerja yang dipaksakan negara
rule-r-48 = jawaban masih ditunggu
