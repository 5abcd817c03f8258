import Testing

@testable import WeirOpenAI

@Suite struct TokenEstimateTests {
    /// Texts, and what `o200k_base` makes of them.
    private static let texts: [(kind: String, tokens: Int, text: String)] = [
        (
            "English", 53,
            "A weir is a low head dam built across the width of a river or stream in order to raise the "
                + "water level slightly on the upstream side. Weirs are commonly used to prevent flooding, measure "
                + "water discharge, and help render rivers more navigable by boat."
        ),
        (
            "a prompt", 34,
            "You are a patient tutor. Explain the following concept to a beginner in three short paragraphs, "
                + "use one analogy, and finish with a question that checks understanding: photosynthesis."
        ),
        (
            "chatter", 26,
            "hi, what's up? i can't log in lol... it says 'wrong password' but I'm sure it's right!!! pls "
                + "help :)"
        ),
        (
            "figures", 66,
            "Invoice 2024-07-18: 12 items at 19.99 each, 4 at 1,250.00; total 5239.88 EUR, due 2024-08-17. "
                + "Phone +49 30 901820, IBAN DE89370400440532013000."
        ),
        (
            "Swift", 65,
            "func fibonacci(_ n: Int) -> Int {\n    guard n > 1 else { return n }\n    var (a, b) = (0, "
                + "1)\n    for _ in 2...n {\n        (a, b) = (b, a + b)\n    }\n    return b\n}\n"
        ),
        (
            "Python", 61,
            "def parse(line: str) -> dict[str, int]:\n    \"\"\"Parses `key=value` pairs, separated by "
                + "commas.\"\"\"\n    result = {}\n    for pair in line.split(\",\"):\n        key, _, value "
                + "= pair.partition(\"=\")\n        result[key.strip()] = int(value)\n    return result\n"
        ),
        (
            "JSON", 70,
            "{\"id\": \"course-17\", \"title\": \"Hydraulics\", \"modules\": [{\"id\": 1, \"hours\": 4.5, "
                + "\"tags\": [\"water\", \"flow\"]}, {\"id\": 2, \"hours\": 3, \"tags\": []}], \"published\": "
                + "true, \"author\": null}"
        ),
        (
            "Markdown", 55,
            "# Heading\n\n- **Bold** item with `code`\n- [link](https://example.com/path?query=1&x=2)\n\n| "
                + "a | b |\n|---|---|\n| 1 | 2 |\n\n1. First\n2. Second\n"
        ),
        (
            "German", 38,
            "Ein Wehr ist eine Absperranlage, die den Rückstau eines Flusses ermöglicht und den Wasserstand "
                + "reguliert. Die Geschwindigkeit des Wassers verringert sich dadurch erheblich."
        ),
        (
            "French", 42,
            "Un déversoir est une structure hydraulique construite en travers d'un cours d'eau pour en "
                + "relever le niveau et en mesurer le débit. L'élève étudie aujourd'hui les écluses."
        ),
        (
            "Spanish", 34,
            "La fotosíntesis es el proceso mediante el cual las plantas convierten la energía de la luz "
                + "en energía química, liberando oxígeno a la atmósfera."
        ),
        (
            "Polish", 38,
            "Jaz to budowla hydrotechniczna piętrząca wodę, zbudowana w poprzek rzeki w celu utrzymania "
                + "stałego poziomu wody."
        ),
        (
            "Turkish", 31,
            "Fotosentez, bitkilerin güneş ışığını kullanarak kendi besinlerini ürettikleri bir süreçtir "
                + "ve yaşamın temelini oluşturur."
        ),
        (
            "Vietnamese", 29,
            "Quang hợp là quá trình cây xanh sử dụng ánh sáng mặt trời để tạo ra chất dinh dưỡng từ nước "
                + "và khí cacbonic."
        ),
        (
            "Russian", 45,
            "Плотина — гидротехническое сооружение, перегораживающее водоток для подъёма уровня воды и "
                + "создания водохранилища. Фотосинтез происходит в листьях растений."
        ),
        (
            "Greek", 35,
            "Η φωτοσύνθεση είναι η διαδικασία με την οποία τα φυτά μετατρέπουν την ηλιακή ενέργεια σε χημική "
                + "ενέργεια."
        ),
        (
            "Arabic", 29,
            "التمثيل الضوئي هو العملية التي تحول بها النباتات ضوء الشمس إلى طاقة كيميائية وتنتج الأكسجين."
        ),
        ("Hebrew", 32, "פוטוסינתזה היא תהליך שבו צמחים ממירים אנרגיית אור לאנרגיה כימית ומשחררים חמצן."),
        (
            "Hindi", 26,
            "प्रकाश संश्लेषण वह प्रक्रिया है जिसके द्वारा पौधे सूर्य के प्रकाश को रासायनिक ऊर्जा में बदलते "
                + "हैं।"
        ),
        ("Thai", 33, "การสังเคราะห์ด้วยแสงเป็นกระบวนการที่พืชเปลี่ยนพลังงานแสงอาทิตย์เป็นพลังงานเคมี"),
        ("Chinese", 48, "光合作用是植物利用阳光将二氧化碳和水转化为有机物并释放氧气的过程。请用简单的语言向初学者解释这个概念，并举一个例子。"),
        ("Japanese", 51, "光合成は、植物が太陽の光を利用して二酸化炭素と水から有機物を作り、酸素を放出する過程です。初心者にもわかるように説明してください。"),
        ("Korean", 44, "광합성은 식물이 햇빛을 이용하여 이산화탄소와 물로부터 유기물을 만들고 산소를 방출하는 과정입니다. 초보자에게 쉽게 설명해 주세요."),
        ("emoji", 31, "Great job! 🎉🎉 Keep going 💪🏽 you're a ⭐️ 👩‍🔬 and we ❤️ science 🔭🧪"),
        (
            "hashes", 67,
            "sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 uuid 550e8400-e29b-41d4-a716-446655440000"
        ),
        ("formulas", 49, "∫₀^∞ e^{-x²} dx = √π/2, and ∀ε>0 ∃δ>0: |x−a|<δ ⇒ |f(x)−f(a)|<ε."),
        ("capitals", 25, "WARNING: THE SPILLWAY GATES WILL OPEN AT NOON. PLEASE KEEP AWAY FROM THE RIVER BANKS."),
        (
            "names", 19,
            "URLSessionConfiguration getElementsByClassName HTTPResponseHeaderFields NSMutableAttributedString "
                + "snake_case_identifier_name"
        ),
        ("white space", 17, "a\n\n\n\nb\t\tc        d\r\n\r\ne\n    indented\n        more\n"),
    ]

    @Test("a short text in any script is told within 40 % of its tokens", arguments: texts)
    func tolerance(kind: String, tokens: Int, text: String) {
        let estimate = TokenEstimate.tokens(of: text)
        #expect(abs(estimate - tokens) * 100 <= 40 * tokens, "\(kind): \(estimate) of \(tokens)")
    }

    @Test("over many texts the error is below 10 %")
    func together() {
        let tokens = Self.texts.reduce(0) { $0 + $1.tokens }
        let estimate = Self.texts.reduce(0) { $0 + TokenEstimate.tokens(of: $1.text) }
        #expect(abs(estimate - tokens) * 100 <= 10 * tokens, "\(estimate) of \(tokens)")
    }

    @Test(
        "prose and JSON are told within 15 %",
        arguments: texts.filter { ["English", "a prompt", "JSON"].contains($0.kind) }
    )
    func prose(kind: String, tokens: Int, text: String) {
        #expect(abs(TokenEstimate.tokens(of: text) - tokens) * 100 <= 15 * tokens)
    }

    @Test(
        "single pieces",
        arguments: [
            ("", 0), ("a", 1), ("hello", 1), (" hello", 1), ("hello world", 2), ("helloWorld", 2), ("1", 1), ("123", 1),
            ("1234", 2), ("a1", 2), (" ", 0), ("a  b", 3), ("\n\n\n", 1), ("{", 1), ("-----", 2), ("光", 1), ("🎉", 2),
        ]
    )
    func pieces(text: String, tokens: Int) {
        #expect(TokenEstimate.tokens(of: text) == tokens)
    }

    @Test("escapes of a JSON string count as what they stand for", arguments: texts)
    func escapes(kind: String, tokens: Int, text: String) throws {
        let escaped = text.unicodeScalars.map { scalar in
            String(scalar).utf16.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined()
        }.joined()
        let bytes = Array(escaped.utf8)
        var estimate = TokenEstimate()
        estimate.add(bytes.span, 0..<bytes.count, hasEscapes: true)
        #expect(estimate.tokens == TokenEstimate.tokens(of: text))
    }

    @Test("texts add up, and what is no UTF-8 counts as signs")
    func sums() {
        var estimate = TokenEstimate()
        estimate.add(Array("hello".utf8).span)
        estimate.add(Array("world".utf8).span)
        estimate.add(tokens: 5)
        #expect(estimate.tokens == 7)
        estimate.add([0xFF, 0xC3, 0x28, 0xF0, 0x9F].span)
        #expect(estimate.tokens == 12)
    }
}
