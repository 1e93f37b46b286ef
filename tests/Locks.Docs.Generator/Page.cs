using System.Text;
using System.Text.RegularExpressions;

namespace Locks.Docs.Generator;

/// <summary>A page of the documentation: its path, and its blocks of C#.</summary>
internal sealed class Page
{
    private const string Fence = "```";
    private static readonly Regex UsingsInComment = new("^<!-- (using .*) -->$");

    private Page(string path, string name, IReadOnlyList<CodeBlock> blocks) => (Path, Name, Blocks) = (path, name, blocks);

    public string Path { get; }

    /// <summary>The page's name: that of its file, or that of the folder for a README.</summary>
    public string Name { get; }

    public IReadOnlyList<CodeBlock> Blocks { get; }

    /// <param name="path">The path of the page's file.</param>
    /// <param name="name">The page's name, where its file does not give it.</param>
    /// <param name="lines">The page.</param>
    public static Page Read(string path, string? name, IReadOnlyList<string> lines)
    {
        var blocks = new List<CodeBlock>();
        var (heading, usings) = ("", "");
        for (var index = 0; index < lines.Count; index++)
        {
            var line = lines[index].Trim();
            if (line.StartsWith("#", System.StringComparison.Ordinal))
                heading = line.TrimStart('#');
            else if (UsingsInComment.Match(line) is { Success: true } match)
                usings = match.Groups[1].Value;

            if (!line.StartsWith(Fence, System.StringComparison.Ordinal))
                continue;

            var (isCode, begin) = (line == Fence + "csharp", index + 1);
            while (++index < lines.Count && lines[index].Trim() != Fence)
            {
            }

            var text = string.Concat(lines.Skip(begin).Take(index - begin).Select(inner => inner + "\n"));
            if (isCode)
                blocks.Add(new CodeBlock(heading, begin + 1, text, usings));
            usings = "";
        }

        return new Page(path, ToPascal(string.IsNullOrEmpty(name) ? NameOf(path) : name!), blocks);
    }

    /// <summary>A name in C#, made of the letters and digits of a text.</summary>
    public static string ToPascal(string text)
    {
        var name = new StringBuilder();
        var begins = true;
        foreach (var character in text)
        {
            if (char.IsLetterOrDigit(character))
                name.Append(begins ? char.ToUpperInvariant(character) : character);
            begins = !char.IsLetterOrDigit(character);
        }

        return name.ToString();
    }

    private static string NameOf(string path)
    {
        var file = System.IO.Path.GetFileNameWithoutExtension(path);
        return file == "README" ? new DirectoryInfo(System.IO.Path.GetDirectoryName(path)!).Name : file;
    }
}
