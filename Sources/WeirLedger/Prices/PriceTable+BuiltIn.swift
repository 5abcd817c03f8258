extension PriceTable {
    /// When ``builtIn`` was made, as `YYYY-MM-DD`: what changed after that belongs in `prices` of `proxy.conf`.
    package static let builtInDate = "2026-05-01"

    /// OpenAI's public list prices in the standard tier, for text, with short contexts.
    ///
    /// Not in it, so without a price: models that charge for sound or pictures by other prices than for text.
    package static let builtIn = PriceTable(table(list))

    /// Dollars per million tokens: input, cached input (`-`: as input), output. The provider charges nothing for
    /// moderations.
    private static let list = """
        gpt-5.5                     5       0.5     30
        gpt-5.5-pro                 30      -       180
        gpt-5.4                     2.5     0.25    15
        gpt-5.4-pro                 30      -       180
        gpt-5.4-mini                0.75    0.075   4.5
        gpt-5.4-nano                0.2     0.02    1.25
        gpt-5.2                     1.75    0.175   14
        gpt-5.2-chat-latest         1.75    0.175   14
        gpt-5.2-codex               1.75    0.175   14
        gpt-5.2-pro                 21      -       168
        gpt-5.1                     1.25    0.125   10
        gpt-5.1-chat-latest         1.25    0.125   10
        gpt-5.1-codex               1.25    0.125   10
        gpt-5.1-codex-max           1.25    0.125   10
        gpt-5.1-codex-mini          0.25    0.025   2
        gpt-5                       1.25    0.125   10
        gpt-5-chat-latest           1.25    0.125   10
        gpt-5-codex                 1.25    0.125   10
        gpt-5-search-api            1.25    0.125   10
        gpt-5-pro                   15      -       120
        gpt-5-mini                  0.25    0.025   2
        gpt-5-nano                  0.05    0.005   0.4
        gpt-4.5-preview             75      37.5    150
        gpt-4.1                     2       0.5     8
        gpt-4.1-mini                0.4     0.1     1.6
        gpt-4.1-nano                0.1     0.025   0.4
        gpt-4o                      2.5     1.25    10
        gpt-4o-2024-05-13           5       -       15
        gpt-4o-mini                 0.15    0.075   0.6
        chatgpt-4o-latest           5       -       15
        gpt-4o-search-preview       2.5     -       10
        gpt-4o-mini-search-preview  0.15    -       0.6
        o4-mini                     1.1     0.275   4.4
        o4-mini-deep-research       2       0.5     8
        o3                          2       0.5     8
        o3-pro                      20      -       80
        o3-mini                     1.1     0.55    4.4
        o3-deep-research            10      2.5     40
        o1                          15      7.5     60
        o1-preview                  15      7.5     60
        o1-pro                      150     -       600
        o1-mini                     1.1     0.55    4.4
        computer-use-preview        3       -       12
        codex-mini-latest           1.5     0.375   6
        gpt-4-turbo                 10      -       30
        gpt-4-turbo-preview         10      -       30
        gpt-4-1106-preview          10      -       30
        gpt-4-0125-preview          10      -       30
        gpt-4                       30      -       60
        gpt-4-32k                   60      -       120
        gpt-3.5-turbo               0.5     -       1.5
        gpt-3.5-turbo-1106          1       -       2
        gpt-3.5-turbo-0613          1.5     -       2
        gpt-3.5-turbo-0301          1.5     -       2
        gpt-3.5-turbo-16k           3       -       4
        gpt-3.5-turbo-instruct      1.5     -       2
        gpt-3.5-turbo-instruct-0914 1.5     -       2
        davinci-002                 2       -       2
        babbage-002                 0.4     -       0.4
        ft:gpt-4.1                  3       0.75    12
        ft:gpt-4.1-mini             0.8     0.2     3.2
        ft:gpt-4.1-nano             0.2     0.05    0.8
        ft:gpt-4o                   3.75    1.875   15
        ft:gpt-4o-mini              0.3     0.15    1.2
        ft:o4-mini                  4       1       16
        ft:gpt-3.5-turbo            3       -       6
        ft:davinci-002              12      -       12
        ft:babbage-002              1.6     -       1.6
        text-embedding-3-small      0.02    -       0
        text-embedding-3-large      0.13    -       0
        text-embedding-ada-002      0.1     -       0
        omni-moderation             0       -       0
        omni-moderation-latest      0       -       0
        text-moderation-latest      0       -       0
        text-moderation-stable      0       -       0
        text-moderation-007         0       -       0
        """

    private static func table(_ list: String) -> [String: Price] {
        let rows = list.split(separator: "\n").map { line in
            let columns = line.split(separator: " ")
            guard columns.count == 4, let input = rate(columns[1]), let output = rate(columns[3]) else {
                preconditionFailure("Cannot read the price '\(line)'")
            }
            return (String(columns[0]), Price(input: input, cachedInput: rate(columns[2]), output: output))
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    private static func rate(_ text: Substring) -> TokenRate? {
        Money(dollars: text).flatMap(TokenRate.init(perMillion:))
    }
}
