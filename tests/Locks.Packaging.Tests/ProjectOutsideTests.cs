using Locks.TestKit;
using Xunit;

namespace Locks.Packaging.Tests;

/// <summary>
/// A project outside of the repository that refers to the libraries as projects. It has none of the repository's central versions: a
/// library that is compiled with a version of a package that it does not pass on breaks its build (CS1705).
/// </summary>
public sealed class ProjectOutsideTests
{
    [Fact]
    public async Task AProjectOutside_ThatRefersToEveryLibrary_Builds()
    {
        var references = PackedLibraries.Libraries.Select(
            library => $"""<ProjectReference Include="{Repository.PathOf($"src/{library}/{library}.csproj")}" />""");
        using var project = new OutsideProject(string.Concat(references), """
            using Locks.Client;
            using MassTransit;
            using Microsoft.Extensions.DependencyInjection;

            var services = new ServiceCollection().AddLockClient().AddMassTransit(bus => bus.AddLockCoordinator());
            Console.WriteLine($"{services.Count} {typeof(ILockClient)}");
            """);

        var (exitCode, output) = await project.BuildAsync();

        Assert.True(exitCode == 0, output);
    }
}
