namespace Locks.Server.Configuration;

/// <summary>The settings in the section <c>Locks:BrokerTls</c>, for a broker whose address begins with <c>amqps://</c>. All are optional.</summary>
internal sealed class BrokerTlsOptions
{
    /// <summary>
    /// A PEM file with the certificates of the authorities that are trusted for the broker, in the place of those that the system trusts.
    /// </summary>
    public string? AuthorityFile { get; set; }

    /// <summary>A PEM file with the certificate that the server shows to the broker.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>A PEM file with the key of the certificate; where it is absent, the key is in <see cref="CertificateFile"/> as well.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The name that the broker's certificate is issued to; by default the host in the broker's address.</summary>
    public string? ServerName { get; set; }

    /// <summary>Whether the certificate signs in (RabbitMQ's mechanism EXTERNAL), in the place of user and password.</summary>
    public bool SignInWithCertificate { get; set; }
}
