using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;

namespace RealtimeInsight.Domain.Tests.Identity;

public sealed class CustomerIdTests
{
    [Theory]
    [InlineData("ada", false)]
    [InlineData("42", false)]
    [InlineData("ANON:x", false)]
    [InlineData("\u6f22\u5b57 \U0001F45F", false)]
    [InlineData("anon:x", true)]
    public void Parse_TakesWhatValueWrote(string text, bool isVisitor)
    {
        var id = CustomerId.Parse(text);
        Assert.Equal((text, isVisitor, false), (id.Value, id.IsVisitor, id.IsEmpty));
        Assert.Equal(id, CustomerId.Parse(id.ToString()));
    }

    [Theory]
    [InlineData(null, "is empty; send a non-empty string")]
    [InlineData("", "is empty; send a non-empty string")]
    [InlineData(" \t", "is empty; send a non-empty string")]
    [InlineData("a\nb", "contains the control character U+000A; remove it")]
    [InlineData("a\u007f", "contains the control character U+007F; remove it")]
    [InlineData("a\u0085", "contains the control character U+0085; remove it")]
    [InlineData("\U0001F45F\u0001", "contains the control character U+0001; remove it")]
    public void TryParse_OfABadId_SaysWhatAndHow(string? text, string problem)
    {
        Assert.False(CustomerId.TryParse(text, out var id, out var said));
        Assert.True(id.IsEmpty);
        Assert.Equal($"customer id {problem}", said);
        Assert.False(CustomerId.TryFromUser(text, out _, out said));
        Assert.Equal($"userId {problem}", said);
        Assert.False(CustomerId.TryFromVisitor(text, out _, out said));
        Assert.Equal($"anonymousId {problem}", said);
        if (text is null) return;
        var refused = Assert.Throws<ArgumentException>(() => CustomerId.Parse(text));
        Assert.Equal($"customer id {problem} (Parameter 'value')", refused.Message);
    }

    [Fact]
    public void TryParse_OfALoneSurrogate_NamesItsPosition()
    {
        foreach (var text in new[] { "a\ud83d", "a\udc5fb", "a\ud83d\ud83d\udc5f" })
        {
            Assert.False(CustomerId.TryParse(text, out _, out var problem));
            Assert.Equal("customer id contains a lone surrogate at position 1; send valid Unicode", problem);
        }
    }

    [Fact]
    public void Lengths_AtTheLimit_AreTaken_AndOneMoreIsNot()
    {
        Assert.Equal(256, CustomerId.FromUser(new string('x', 256)).Value.Length);
        Assert.Equal(256, CustomerId.FromVisitor(new string('x', 251)).Value.Length);
        Assert.Contains("257 characters, at most 256",
            Assert.Throws<ArgumentException>(() => CustomerId.FromUser(new string('x', 257))).Message, StringComparison.Ordinal);
        Assert.Contains("252 characters, at most 251",
            Assert.Throws<ArgumentException>(() => CustomerId.FromVisitor(new string('x', 252))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromUser_WithTheVisitorPrefix_IsRefused()
    {
        var refused = Assert.Throws<ArgumentException>(() => CustomerId.FromUser("anon:7"));
        Assert.Contains("send the part after it as anonymousId", refused.Message, StringComparison.Ordinal);
        Assert.NotEqual(CustomerId.FromUser("7"), CustomerId.FromVisitor("7"));
        Assert.Equal("anon:anon:7", CustomerId.FromVisitor("anon:7").Value);
    }

    [Fact]
    public void Ids_CompareByOrdinal()
    {
        var sorted = new[] { "b", "a", "B", "anon:a" }.Select(CustomerId.Parse).Order().Select(static id => id.Value);
        Assert.Equal(["B", "a", "anon:a", "b"], sorted);
        Assert.Equal(default, new CustomerId());
        Assert.Equal("", default(CustomerId).Value);
        Assert.True(default(CustomerId).IsEmpty);
    }

    [Fact]
    public void EventIds_AreOneToHundredCharacters()
    {
        Assert.Equal(100, EventId.Parse(new string('x', 100)).Value.Length);
        Assert.Contains("101 characters, at most 100", Assert.Throws<ArgumentException>(() => EventId.Parse(new string('x', 101))).Message,
            StringComparison.Ordinal);
        Assert.False(EventId.TryParse("", out _, out var problem));
        Assert.Contains("leave it out to have one made", problem, StringComparison.Ordinal);
        Assert.False(EventId.TryParse(null, out var id, out _));
        Assert.Equal("", id.Value);
    }
}
