using System.Xml.Linq;
using Xunit;

namespace Locks.Packaging.Tests;

/// <summary>What a user gets who installs the packages that <c>dotnet pack</c> makes.</summary>
public sealed class PackagesTests(PackedLibraries packed)
{
    public static TheoryData<string> Libraries => [.. PackedLibraries.Libraries];

    [Fact]
    public void EveryLibraryAndEveryTool_IsPacked_AndNoOtherProgramSampleOrTest()
    {
        var expected = PackedLibraries.Libraries.Concat(PackedLibraries.Tools).Order(StringComparer.Ordinal).ToList();

        Assert.NotEmpty(PackedLibraries.Libraries);
        Assert.NotEmpty(PackedLibraries.Tools);
        Assert.Equal(expected, packed.Packages);
        Assert.Equal(expected, packed.Symbols);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void APackage_SaysWhatItIsFor_AndUnderWhichLicence(string library)
    {
        var manifest = packed.ManifestOf(library);

        var license = One(manifest, "license");
        Assert.Equal("expression", license.Attribute("type")!.Value);
        Assert.Equal("MIT", license.Value);
        Assert.Equal("The Locks authors", One(manifest, "authors").Value);
        // NuGet's own text where a project has no description.
        Assert.NotEqual("Package Description", One(manifest, "description").Value);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void APackage_HasAReadmeOfItsOwn_WithCode(string library)
    {
        using var package = packed.Open(library);
        using var readme = new StreamReader(package.GetEntry(One(packed.ManifestOf(library), "readme").Value)!.Open());
        var text = readme.ReadToEnd();

        Assert.StartsWith($"# {library}\n", text, StringComparison.Ordinal);
        Assert.Contains("```csharp\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void APackage_CarriesItsDocumentation_AndItsSymbolsBesideIt(string library)
    {
        using var package = packed.Open(library);
        using var symbols = packed.OpenSymbols(library);

        Assert.NotNull(package.GetEntry($"lib/net10.0/{library}.dll"));
        Assert.NotNull(package.GetEntry($"lib/net10.0/{library}.xml"));
        Assert.NotNull(symbols.GetEntry($"lib/net10.0/{library}.pdb"));
    }

    /// <summary>MassTransit 9 is under a paid licence: no user gets it by updating a package of ours.</summary>
    [Theory]
    [MemberData(nameof(Libraries))]
    public void APackage_TakesNoMassTransitAfter8(string library) => Assert.All(
        Dependencies(packed.ManifestOf(library)).Where(dependency => dependency.Id.StartsWith("MassTransit", StringComparison.Ordinal)),
        dependency => Assert.Equal("[8.5.12, 9.0.0)", dependency.Version));

    [Theory]
    [MemberData(nameof(Libraries))]
    public void APackage_DependsOnWhatItsProjectNames_AndOnNothingElse(string library)
    {
        var project = PackedLibraries.ProjectOf(library);
        var packages = project.Descendants("PackageReference")
            .Where(reference => reference.Attribute("PrivateAssets")?.Value != "all")
            .Select(reference => reference.Attribute("Include")!.Value);
        var libraries = project.Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

        var dependencies = Dependencies(packed.ManifestOf(library));

        Assert.Equal(
            packages.Concat(libraries).Order(StringComparer.Ordinal), dependencies.Select(dependency => dependency.Id).Order(StringComparer.Ordinal));
        Assert.All(dependencies, dependency => Assert.Matches(@"^[\[\d]", dependency.Version));
    }

    private static XElement One(XElement manifest, string name) => manifest.Elements().Single(element => element.Name.LocalName == name);

    private static IReadOnlyList<(string Id, string Version)> Dependencies(XElement manifest) =>
    [
        .. manifest.Descendants()
            .Where(element => element.Name.LocalName == "dependency")
            .Select(element => (element.Attribute("id")!.Value, element.Attribute("version")!.Value)),
    ];
}
