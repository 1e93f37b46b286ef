using System.Text;

namespace Locks.Cli.Tests;

/// <summary>Keeps what is written to it, while a test reads it.</summary>
internal sealed class TextStream : TextWriter
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        lock (_gate)
            _text.Append(value);
    }

    public override void Write(string? value)
    {
        lock (_gate)
            _text.Append(value);
    }

    public override void WriteLine(string? value)
    {
        lock (_gate)
            _text.Append(value).Append('\n');
    }

    public override string ToString()
    {
        lock (_gate)
            return _text.ToString().ReplaceLineEndings("\n");
    }
}
