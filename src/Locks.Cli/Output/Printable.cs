using System.Globalization;
using System.Text;

namespace Locks.Cli.Output;

/// <summary>
/// Keys and owners come from other programs. Their control characters are escaped, so that none of them moves the cursor or writes on the
/// terminal of the person who looks.
/// </summary>
internal static class Printable
{
    public static string Of(string text)
    {
        if (text.All(IsPrintable))
            return text;

        var escaped = new StringBuilder();
        foreach (var character in text)
        {
            if (IsPrintable(character))
                escaped.Append(character);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
        }

        return escaped.ToString();
    }

    // Format characters can turn the direction of the text around.
    private static bool IsPrintable(char character) => char.GetUnicodeCategory(character) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
