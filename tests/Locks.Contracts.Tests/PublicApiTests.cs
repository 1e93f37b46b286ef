using Locks.TestKit;
using Xunit;

namespace Locks.Contracts.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void PublicApi_IsTheApprovedOne() =>
        Approved.Verify("tests/Locks.Contracts.Tests/Approved/public-api.txt", PublicApi.Of(typeof(AcquireLock).Assembly));

    [Fact]
    public void Contracts_ReferenceNothingBeyondTheFramework()
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

        Assert.All(
            typeof(AcquireLock).Assembly.GetReferencedAssemblies(),
            reference => Assert.True(
                File.Exists(Path.Combine(framework, reference.Name + ".dll")), $"{reference.Name} is not part of the framework"));
    }

    [Fact]
    public void ContractsProject_NamesNoPackageAndNoProject() =>
        Assert.DoesNotContain(
            "Reference Include",
            File.ReadAllText(Repository.PathOf("src/Locks.Contracts/Locks.Contracts.csproj")),
            StringComparison.Ordinal);
}
