using System.Text.RegularExpressions;
using System.Xml.Linq;
using Locks.TestKit;
using Xunit;

namespace Locks.Server.Tests.Deployment;

/// <summary>The Dockerfile, as far as that can be seen without an engine.</summary>
public sealed partial class DockerfileTests
{
    private const string Project = "src/Locks.Server/Locks.Server.csproj";

    private static readonly string[] Lines = File.ReadAllLines(Repository.PathOf("src/Locks.Server/Dockerfile"));

    private static IReadOnlyList<string> Copied =>
    [
        .. Lines.Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from=", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..^1]),
    ];

    [Fact]
    public void WhatItCopies_IsThere_AndIsNotLeftOut()
    {
        var leftOut = File.ReadAllLines(Repository.PathOf(".dockerignore"));

        Assert.NotEmpty(Copied);
        Assert.All(Copied, path =>
        {
            Assert.True(Path.Exists(Repository.PathOf(path)), path);
            Assert.DoesNotContain(path.TrimEnd('/'), leftOut);
        });
        // What was built outside has paths of that machine in it.
        Assert.Contains("**/bin", leftOut);
        Assert.Contains("**/obj", leftOut);
    }

    [Fact]
    public void WhatItBuilds_NeedsNothingThatItDoesNotCopy()
    {
        var files = Projects(Project).Concat(["Directory.Build.props", "src/Directory.Build.props", "src/Directory.Build.targets"]);

        var needed = files.Concat(files.SelectMany(NamedFromTheRoot)).Distinct().ToList();

        Assert.Contains("eng/BannedSymbols.txt", needed);
        Assert.Contains("src/Locks.Contracts/Locks.Contracts.csproj", needed);
        Assert.All(needed, path => Assert.Contains(
            Copied, copied => path == copied || (copied.EndsWith('/') && path.StartsWith(copied, StringComparison.Ordinal))));
    }

    [Fact]
    public void TheImage_RunsWhatItPublishes_WithoutRoot_AtThePortThatItExposes()
    {
        Assert.Contains(Lines, line => line.StartsWith($"RUN dotnet publish {Project} -c Release -o /app ", StringComparison.Ordinal));
        Assert.Contains("COPY --from=build /app ./", Lines);
        Assert.Contains("ENTRYPOINT [\"dotnet\", \"Locks.Server.dll\"]", Lines);
        Assert.Contains("USER $APP_UID", Lines);
        var port = Assert.Single(Lines, line => line.StartsWith("EXPOSE ", StringComparison.Ordinal))["EXPOSE ".Length..];
        Assert.Contains(Lines, line => line.Contains($"ASPNETCORE_HTTP_PORTS={port}", StringComparison.Ordinal));
    }

    private static IEnumerable<string> NamedFromTheRoot(string file) =>
        FromTheRoot().Matches(File.ReadAllText(Repository.PathOf(file))).Select(found => found.Groups[1].Value);

    /// <summary>A project, and all that it refers to.</summary>
    private static HashSet<string> Projects(string project)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        Add(project);
        return found;

        void Add(string path)
        {
            if (!found.Add(path))
                return;

            var folder = Path.GetDirectoryName(Repository.PathOf(path))!;
            foreach (var reference in XDocument.Load(Repository.PathOf(path)).Descendants("ProjectReference"))
                Add(Path.GetRelativePath(Repository.Root, Path.GetFullPath(reference.Attribute("Include")!.Value, folder)));
        }
    }

    [GeneratedRegex(@"\$\(RepositoryRoot\)([\w./-]+)")]
    private static partial Regex FromTheRoot();
}
