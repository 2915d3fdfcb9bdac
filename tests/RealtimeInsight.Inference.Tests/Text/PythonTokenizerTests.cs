using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using RealtimeInsight.Inference.Text;

namespace RealtimeInsight.Inference.Tests.Text;

/// <summary>The tokenizer that serves against the one that trains, written apart from it in Python, on texts made to be hard.</summary>
public sealed class PythonTokenizerTests : IDisposable
{
    private const int Texts = 1500;

    /// <summary>Ranges of code points, assigned since long: what a reader and a library agree on.</summary>
    private static readonly (int First, int Last)[] s_ranges =
    [
        (0x20, 0x7E), (0x20, 0x7E), (0x61, 0x7A), (0x61, 0x7A), (0x00, 0x1F), (0x7F, 0x24F), (0x300, 0x345), (0x386, 0x3CE), (0x400, 0x47F),
        (0x5D0, 0x5EA), (0x621, 0x652), (0x915, 0x939), (0x1E00, 0x1EFF), (0x1F00, 0x1F15), (0x2000, 0x2029), (0x202A, 0x205E),
        (0x212A, 0x212B),
        (0x3000, 0x303F), (0x3041, 0x30FF), (0x4E00, 0x4E40), (0x4E00, 0x4E40), (0xAC00, 0xAC40), (0xE000, 0xE004), (0xF900, 0xF920),
        (0xFEFF, 0xFEFF), (0xFF01, 0xFF5E), (0xFFFD, 0xFFFD), (0x10400, 0x1044F), (0x1F600, 0x1F610), (0x20000, 0x20010),
        (0x2F800, 0x2F810),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("wordpiece-").FullName;

    public static TheoryData<bool, bool> Options => new() { { true, true }, { false, true }, { true, false } };

    [PythonTheory]
    [MemberData(nameof(Options))]
    public void Tokenize_HardTexts_AsTheTrainingSide(bool isUncased, bool splitsIdeographs)
    {
        string[] pieces = [.. Pieces()];
        var vocabulary = Path.Combine(_folder, "vocab.txt");
        File.WriteAllText(vocabulary, string.Join('\n', new[] { "[PAD]", "[UNK]", "[CLS]", "[SEP]" }.Concat(pieces).Distinct()));
        var tokenizer = WordPieceTokenizerTests.Tokenizer(pieces, new WordPieceRules(isUncased, isUncased, splitsIdeographs));
        string[] texts = [.. HardTexts(new Random(20181011))];

        var expected = Python(vocabulary, texts, isUncased, splitsIdeographs);

        for (var i = 0; i < texts.Length; i++)
        {
            Assert.True(
                expected[i].SequenceEqual(tokenizer.Tokenize(texts[i])),
                $"{Codes(texts[i])}\nPython: {string.Join(' ', expected[i])}\nhere:   {string.Join(' ', tokenizer.Tokenize(texts[i]))}");
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Every character at the beginning and within a word but for some, and some longer pieces.</summary>
    private static IEnumerable<string> Pieces()
    {
        var random = new Random(7);
        foreach (var (first, last) in s_ranges.Append((0x1100, 0x11FF)).Append((0x8C48, 0x8C48)))
        {
            for (var code = first; code <= last; code++)
            {
                if (!Rune.IsValid(code) || code is '\r' or '\n' || random.Next(40) == 0) continue;
                var character = new Rune(code).ToString();
                yield return character;
                yield return $"##{character}";
                if (random.Next(3) == 0) yield return $"##{character}{(char)('a' + random.Next(26))}";
            }
        }

        foreach (var word in (string[])["un", "##want", "##ed", "the", "##ing", "running", "好", "不好"]) yield return word;
    }

    private static IEnumerable<string> HardTexts(Random random)
    {
        for (var i = 0; i < Texts; i++)
        {
            var text = new StringBuilder();
            for (var left = random.Next(40); left > 0; left--)
            {
                var (first, last) = s_ranges[random.Next(s_ranges.Length)];
                if (random.Next(6) == 0) text.Append(((string[])["unwanted", " the ", "running", "不好", "  "])[random.Next(5)]);
                text.Append(new Rune(random.Next(first, last + 1)));
            }

            yield return text.ToString();
        }

        yield return new string('é', 100);
        yield return new string('é', 101);
    }

    private static List<string[]> Python(string vocabulary, string[] texts, bool isUncased, bool splitsIdeographs)
    {
        var start = new ProcessStartInfo("python3")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
            StandardInputEncoding = new UTF8Encoding(false), StandardOutputEncoding = Encoding.UTF8,
        };
        string[] arguments = ["-B", Path.Combine(RealtimeInsight.Tests.Repository.Root, "src", "training", "wordpiece.py"), vocabulary];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        if (!isUncased) start.ArgumentList.Add("--cased");
        if (!splitsIdeographs) start.ArgumentList.Add("--keep-ideographs-together");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        foreach (var text in texts) process.StandardInput.WriteLine(JsonSerializer.Serialize(text));
        process.StandardInput.Close();
        List<string[]> found = [.. output.GetAwaiter().GetResult().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => JsonSerializer.Deserialize<string[]>(line)!)];
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(texts.Length, found.Count);
        return found;
    }

    private static string Codes(string text) =>
        string.Join(' ', text.EnumerateRunes().Select(static rune => rune.Value.ToString("X4", CultureInfo.InvariantCulture)));
}

/// <summary>A test that asks the training side; skipped, with the reason, where there is no Python.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonTheoryAttribute : TheoryAttribute
{
    public PythonTheoryAttribute()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("python3", "--version") { RedirectStandardOutput = true });
            process!.WaitForExit();
        }
        catch (Win32Exception)
        {
            Skip = "no python3 on PATH: on Debian apt-get install --no-install-recommends python3";
        }
    }
}
