import NIOCore
import Testing
import WeirUpstream

@Suite struct ChannelDirectionsTests {
    @Test("output closes alone while input is open, and takes the channel with it once input is closed")
    func closing() {
        var directions = ChannelDirections()
        #expect(directions.closeOutput() == .closeOutput)
        #expect(directions.closeOutput() == .none)
        #expect(directions.heard(.outputClosed) == .none && directions.isOutputClosed)
        directions = ChannelDirections()
        #expect(directions.heard(.inputClosed) == .none && directions.isInputClosed)
        // Closing the output alone would drop what waits to be written.
        #expect(directions.closeOutput() == .flushAndClose)
        #expect(directions.finish() == .none)
    }

    @Test("input that closes while output is closing: the channel closes when everything is out")
    func crossing() {
        var directions = ChannelDirections()
        #expect(directions.closeOutput() == .closeOutput)
        #expect(directions.heard(.inputClosed) == .none)
        #expect(directions.heard(.outputClosed) == .close)
    }

    @Test("finishing: at once, when everything is out, or once output has closed")
    func finishing() {
        var directions = ChannelDirections()
        #expect(directions.finish() == .flushAndClose)
        #expect(directions.closeOutput() == .none)
        directions = ChannelDirections()
        #expect(directions.closeOutput() == .closeOutput && directions.finish() == .none)
        #expect(directions.heard(.outputClosed) == .close)
        directions = ChannelDirections()
        #expect(directions.closeOutput() == .closeOutput && directions.heard(.outputClosed) == .none)
        #expect(directions.finish() == .close)
    }
}
