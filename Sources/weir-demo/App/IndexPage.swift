import Hummingbird
import NIOCore

/// `/`: what there is to see.
struct IndexPage {
    private static let html = """
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><title>weir-demo</title></head>
        <body>
        <h1>weir-demo</h1>
        <p>A stand-in app backend. Ask for these through Weir, twice, and look at <code>Cache-Status</code>.</p>
        <ul>
        <li><a href="/courses">/courses</a>: JSON, fresh for a minute, with validators</li>
        <li><a href="/courses/1">/courses/1</a>: one course; PUT, POST and DELETE change it</li>
        <li><a href="/private">/private</a>: never stored</li>
        <li><a href="/vary">/vary</a>: in the language that you ask for</li>
        <li><a href="/stream?events=5&amp;interval=500">/stream</a>: server-sent events</li>
        <li><a href="/slow?ms=1000">/slow</a>: takes a second, then is fresh for a minute</li>
        <li><a href="/echo">/echo</a>: your request as it arrived</li>
        </ul>
        </body>
        </html>

        """

    func add(to router: Router<DemoContext>) {
        router.get("/") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "max-age=60"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: Self.html))
            )
        }
    }
}
