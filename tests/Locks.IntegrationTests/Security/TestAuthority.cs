using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Locks.IntegrationTests.Security;

/// <summary>An authority of a test's own, which issues certificates for servers and clients into a folder.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset Start = TimeProvider.System.GetUtcNow().AddHours(-1);
    private static readonly DateTimeOffset End = Start.AddDays(2);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;
    private readonly string _folder;

    /// <param name="folder">Takes what is issued.</param>
    /// <param name="name">The authority's name, and that of its file.</param>
    public TestAuthority(string folder, string name)
    {
        _folder = folder;
        var request = new CertificateRequest($"CN=Test authority {name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _certificate = request.CreateSelfSigned(Start, End);
        File = PathOf($"{name}.pem");
        System.IO.File.WriteAllText(File, _certificate.ExportCertificatePem());
    }

    /// <summary>The file with the authority's certificate.</summary>
    public string File { get; }

    /// <summary>Issues a certificate: <c>NAME.pem</c>, with its key in <c>NAME.key</c>.</summary>
    /// <param name="name">The files' name.</param>
    /// <param name="subject">Whom it is issued to.</param>
    /// <param name="address">The address of a server; absent for a client.</param>
    public (string Certificate, string Key) Issue(string name, string subject, IPAddress? address = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={subject}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid(address is null ? "1.3.6.1.5.5.7.3.2" : "1.3.6.1.5.5.7.3.1")], critical: false));
        if (address is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(address);
            request.CertificateExtensions.Add(names.Build());
        }

        var serial = Guid.CreateVersion7().ToByteArray(bigEndian: true);
        using var certificate = request.Create(_certificate, Start, End, serial);
        System.IO.File.WriteAllText(PathOf($"{name}.pem"), certificate.ExportCertificatePem());
        System.IO.File.WriteAllText(PathOf($"{name}.key"), key.ExportPkcs8PrivateKeyPem());
        return (PathOf($"{name}.pem"), PathOf($"{name}.key"));
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }

    private string PathOf(string file) => Path.Combine(_folder, file);
}
