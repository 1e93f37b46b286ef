using System.Collections.Immutable;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace Locks.Admin.Dashboard;

/// <summary>A file of the dashboard. They are part of the assembly, so that they are there however the server is started.</summary>
/// <param name="Path">Where it is served, below the prefix.</param>
/// <param name="ContentType">Its type.</param>
/// <param name="Content">What is in it.</param>
/// <param name="Tag">A hash of that.</param>
internal sealed record DashboardFile(string Path, string ContentType, ImmutableArray<byte> Content, EntityTagHeaderValue Tag)
{
    // Given in the project file.
    private const string Prefix = "dashboard/";
    private const string First = Prefix + "index.html";

    private const string Root = "/";

    private static readonly FileExtensionContentTypeProvider Types = new();

    /// <summary>Whether it is the page itself.</summary>
    public bool IsPage => Path == Root;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<DashboardFile> All { get; } = [.. ReadAll()];

    private static IEnumerable<DashboardFile> ReadAll()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var resource = assembly.GetManifestResourceStream(name)!;
            var content = new byte[resource.Length];
            resource.ReadExactly(content);
            Types.TryGetContentType(name, out var type);
            yield return new DashboardFile(
                name == First ? Root : $"/{name}",
                $"{type}; charset=utf-8",
                [.. content],
                new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content))}\""));
        }
    }
}
