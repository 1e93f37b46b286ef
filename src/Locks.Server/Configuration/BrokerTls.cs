using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MassTransit;

namespace Locks.Server.Configuration;

/// <summary>How the server and a broker show each other who they are, read from <see cref="BrokerTlsOptions"/>.</summary>
/// <param name="ServerName">The name that the broker's certificate has to be issued to.</param>
/// <param name="Authorities">The authorities that are trusted; absent for those of the system.</param>
/// <param name="Certificate">What the server shows to the broker, with its key; absent for nothing.</param>
/// <param name="SignsIn">Whether that certificate takes the place of user and password.</param>
internal sealed record BrokerTls(string ServerName, X509Certificate2Collection? Authorities, X509Certificate2? Certificate, bool SignsIn)
{
    private const string Section = $"{ServerSettings.Section}:{nameof(ServerOptions.BrokerTls)}";

    /// <summary>Reads the files.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="broker">The broker.</param>
    /// <param name="problems">Takes what is wrong.</param>
    /// <returns><see langword="null"/> for a broker without TLS.</returns>
    public static BrokerTls? Read(BrokerTlsOptions options, BrokerAddress broker, List<string> problems)
    {
        if (!broker.Tls)
        {
            var set = typeof(BrokerTlsOptions).GetProperties().Where(setting => setting.GetValue(options) is not (null or "" or false));
            problems.AddRange(set.Select(setting => $"{Section}:{setting.Name} is set; Locks:Broker must begin with amqps:// then."));
            return null;
        }

        if (options.KeyFile is not null && options.CertificateFile is null)
            problems.Add($"{Section}:{nameof(options.KeyFile)} is set; {nameof(options.CertificateFile)} must name its certificate.");
        if (options.SignInWithCertificate && options.CertificateFile is null)
            problems.Add($"{Section}:{nameof(options.SignInWithCertificate)} is true; {nameof(options.CertificateFile)} must name the certificate.");
        return new BrokerTls(
            options.ServerName ?? broker.Host,
            options.AuthorityFile is { } authorities
                ? Read(nameof(options.AuthorityFile), authorities, "a PEM file with certificates", () => ReadAuthorities(authorities), problems)
                : null,
            options.CertificateFile is { } certificate
                ? Read(
                    nameof(options.CertificateFile),
                    certificate,
                    $"a PEM file with a certificate, whose key is in it or in {nameof(options.KeyFile)}",
                    () => ReadCertificate(certificate, options.KeyFile),
                    problems)
                : null,
            options.SignInWithCertificate);
    }

    /// <summary>Has a bus expect and show all of it.</summary>
    public void Configure(IServiceProvider services, IRabbitMqSslConfigurator ssl)
    {
        ssl.ServerName = ServerName;
        ssl.Certificate = Certificate;
        ssl.UseCertificateAsAuthenticationIdentity = SignsIn;
        ssl.CertificateValidationCallback =
            new BrokerCertificateCheck(this, services.GetRequiredService<ILogger<BrokerCertificateCheck>>()).IsTrusted;
    }

    private static T? Read<T>(string setting, string file, string form, Func<T> read, List<string> problems)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            problems.Add($"{Section}:{setting} is '{file}'; it must be {form} ({unreadable.Message}).");
            return null;
        }
    }

    private static X509Certificate2Collection ReadAuthorities(string file)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return authorities.Count > 0 ? authorities : throw new CryptographicException("It has none.");
    }

    private static X509Certificate2 ReadCertificate(string file, string? keyFile)
    {
        using var read = X509Certificate2.CreateFromPemFile(file, keyFile);
        // Windows does not take a key that is in memory alone.
        return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), password: null);
    }
}
