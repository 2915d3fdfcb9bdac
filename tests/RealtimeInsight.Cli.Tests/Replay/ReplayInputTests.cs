using RealtimeInsight.Cli.Replay;

namespace RealtimeInsight.Cli.Tests.Replay;

public sealed class ReplayInputTests : IDisposable
{
    private const string Header = "timestamp_unix_s,user_id,session_id,event_type,item_id,category_id";

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_Folder_ReadsMatchingFilesInNameOrderAndUnpacksGzip()
    {
        _folder.Write("b.csv.gz", Header, "1441852595,b,2,view,3,4");
        _folder.Write("a.csv", Header, "1441852594,a,2,view,3,4");
        _folder.Write("fields.txt", "not data");

        var input = _folder.Load("retailrocket");

        Assert.Equal(["a.csv", "b.csv.gz"], input.Files.Select(file => file.Name));
        Assert.Equal(["a", "b"], input.Items.Select(item => item.Event!.Customer.Value));
    }

    [Fact]
    public void Load_UnorderedLines_SortsByEventTimeAndKeepsTiesInFileOrder()
    {
        _folder.Write("a.csv", Header,
            "1441852595,c,2,view,1,4", "1441852593,a,2,view,1,4", "broken", "1441852595,d,2,view,1,4", "1441852594,b,2,view,1,4");

        var input = _folder.Load("retailrocket");

        Assert.Equal(["a", "broken", "b", "c", "d"], input.Items.Select(item => item.Event?.Customer.Value ?? item.Malformed!.Raw));
        Assert.Equal([1, 2, 4, 0, 3], input.Items.Select(item => item.Index));
        Assert.Equal(1, input.MalformedCount);
    }

    [Fact]
    public void Load_BlankLinesAndCarriageReturns_AreNoDataLines()
    {
        _folder.WriteText("a.csv", $"\uFEFF{Header}\r\n\r\n1441852593,a,2,view,1,4\r\n   \r\n1441852594,b,2,view,1,4");

        var input = _folder.Load("retailrocket");

        Assert.Equal(2, input.Items.Count);
        Assert.Equal(0, input.MalformedCount);
    }

    [Fact]
    public void Load_Limit_ReadsTheFirstLinesOnly()
    {
        _folder.Write("a.csv", Header, "1441852595,c,2,view,1,4", "broken", "1441852593,a,2,view,1,4");

        Assert.Equal(2, _folder.Load("retailrocket", limit: 2).Items.Count);
    }

    [Fact]
    public void Load_HeaderOnly_HasNoItems()
    {
        _folder.Write("a.csv", Header);

        Assert.Empty(_folder.Load("retailrocket").Items);
    }

    [Fact]
    public void Load_MissingColumn_NamesFileAndColumn()
    {
        _folder.Write("a.csv", "timestamp_unix_s,user_id,session_id,event_type", "1,2,3,view");

        var stop = Assert.Throws<CliException>(() => _folder.Load("retailrocket"));

        Assert.Equal(ExitCodes.Usage, stop.ExitCode);
        Assert.Contains("a.csv: the header lacks the column item_id, category_id", stop.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_EmptyFile_SaysWhatItNeeds()
    {
        _folder.WriteText("a.csv", "");

        var stop = Assert.Throws<CliException>(() => _folder.Load("retailrocket"));

        Assert.Equal(ExitCodes.Usage, stop.ExitCode);
        Assert.Contains("is empty; --format retailrocket needs a header line", stop.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoSuchPath_NamesIt()
    {
        var path = Path.Combine(_folder.Path, "nowhere");

        var format = EventFormats.Get("retailrocket");
        var stop = Assert.Throws<CliException>(() => ReplayInput.Load(format, path, null, CancellationToken.None));

        Assert.Equal(ExitCodes.Usage, stop.ExitCode);
        Assert.Contains(path, stop.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FolderWithoutData_SaysWhatItLookedFor()
    {
        var stop = Assert.Throws<CliException>(() => _folder.Load("retailrocket"));

        Assert.Contains("no file ending in .csv", stop.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_DamagedGzip_FailsNamingTheFile()
    {
        var lines = Enumerable.Range(0, 5000).Select(i => $"{1441852593 + i},u{i * 7919 % 5003},2,view,{i},4");
        var path = _folder.Write("a.csv.gz", [Header, .. lines]);
        var bytes = File.ReadAllBytes(path);
        bytes.AsSpan(bytes.Length / 2, 64).Fill(0xA5);
        File.WriteAllBytes(path, bytes);

        var stop = Assert.Throws<CliException>(() => _folder.Load("retailrocket"));

        Assert.Equal(ExitCodes.Failure, stop.ExitCode);
        Assert.Contains("a.csv.gz: reading stopped", stop.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Get_UnknownFormat_NamesTheKnownOnes()
    {
        var stop = Assert.Throws<CliException>(() => EventFormats.Get("rocket"));

        Assert.Equal(ExitCodes.Usage, stop.ExitCode);
        Assert.Contains("retailrocket, online_retail, eshop2008, segment_ndjson", stop.Message, StringComparison.Ordinal);
    }
}
