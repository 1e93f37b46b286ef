using System.Text;
using System.Text.RegularExpressions;

namespace Locks.Contracts.Tests.Docs;

/// <summary>
/// Reads the texts that a source file can show to a user or an operator: each string in quotes that is a sentence, with the parts that are
/// added to it, and a … for each value in it. Comments and raw strings, which are statements, are not read.
/// </summary>
internal static partial class MessageTexts
{
    private const char Value = '…';

    /// <summary>The texts of a file, in order, but for those of the log below warnings.</summary>
    public static IEnumerable<string> Of(SourceFile source)
    {
        var literals = Literals(source.Text).ToList();
        for (var i = 0; i < literals.Count; i++)
        {
            var first = literals[i];
            var text = new StringBuilder(first.Text);
            while (i + 1 < literals.Count && Concatenation().IsMatch(source.Text[literals[i].End..literals[i + 1].Start]))
                text.Append(literals[++i].Text);

            var before = source.Text[Math.Max(0, first.Start - 60)..first.Start];
            if (!BelowWarnings().IsMatch(before) && Normal(text.ToString()) is var message && IsSentence(message))
                yield return message;
        }
    }

    /// <summary>The first sentence of a text, without its end.</summary>
    public static string FirstSentence(string text) => SentenceEnd().Split(text)[0].Trim().TrimEnd('.', Value);

    private static bool IsSentence(string text) =>
        Beginning().IsMatch(text) && text.Split(' ').Length >= 4 && (SentenceEnd().IsMatch(text) || text.Contains(": ", StringComparison.Ordinal));

    // A code span of a page cannot hold one of its own.
    private static string Normal(string text) => Values().Replace(Placeholder().Replace(text, "…"), "…").Replace("`", "", StringComparison.Ordinal);

    private static IEnumerable<(int Start, int End, string Text)> Literals(string code)
    {
        for (var i = 0; i < code.Length;)
        {
            if (Skipped().Match(code, i) is { Success: true } skipped && skipped.Index == i)
            {
                i += skipped.Length;
            }
            else if (Opening().Match(code, i) is { Success: true } opening && opening.Index == i)
            {
                var (start, isInterpolated, isVerbatim) = (i, opening.Value.Contains('$'), opening.Value.Contains('@'));
                var text = new StringBuilder();
                for (i += opening.Length; code[i] != '"'; i++)
                {
                    if (isInterpolated && code[i] == '{' && code[i + 1] != '{')
                        (i, _) = (EndOfValue(code, i), text.Append(Value));
                    else if (code[i] == '\\' && !isVerbatim)
                        text.Append(code[++i]);
                    else
                        text.Append(code[i]);
                }

                yield return (start, ++i, text.ToString());
            }
            else
            {
                i++;
            }
        }
    }

    /// <summary>The brace that ends a value in an interpolated string; strings inside of it are skipped.</summary>
    private static int EndOfValue(string code, int i)
    {
        for (var depth = 0; ; i++)
        {
            if (code[i] == '"')
            {
                for (i++; code[i] != '"'; i++)
                {
                    if (code[i] == '\\')
                        i++;
                }
            }

            depth += code[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
                return i;
        }
    }

    [GeneratedRegex("""\G(?://[^\n]*|'(?:\\.|[^\\'\n])+'|\$*"{3}.*?"{3})""", RegexOptions.Singleline)]
    private static partial Regex Skipped();

    [GeneratedRegex("""\G(?:\$@|@\$|\$|@)?"(?!"")""")]
    private static partial Regex Opening();

    [GeneratedRegex(@"^\s*\+\s*$")]
    private static partial Regex Concatenation();

    [GeneratedRegex(@"LogLevel\.(?:Information|Debug|Trace),\s*$")]
    private static partial Regex BelowWarnings();

    [GeneratedRegex(@"\{[A-Za-z:]+\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex("…+")]
    private static partial Regex Values();

    [GeneratedRegex("^[A-Z…'`]")]
    private static partial Regex Beginning();

    [GeneratedRegex(@"(?<=[.?])(?:[ …]|$)")]
    private static partial Regex SentenceEnd();
}
