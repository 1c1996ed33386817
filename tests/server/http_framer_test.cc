#include "server/http/framer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>
#include <random>

#include "base/file.h"
#include "tests/support/random.h"

namespace aisle {
namespace {

using testing::ElementsAre;
using testing::Pair;

// Everything a framer said, as one text: requests, continues, the error at the end.
std::string transcript(Framer& framer, std::string& out) {
  while (true) {
    switch (framer.next()) {
      case Framer::Event::NeedMore:
        return out;
      case Framer::Event::SendContinue:
        out += "continue\n";
        break;
      case Framer::Event::Request: {
        const FramedRequest request = framer.take_request();
        out += request.method + " " + request.target + (request.keep_alive ? " keep" : " close");
        for (const auto& [name, value] : request.headers) out += " " + name + "=" + value;
        out += " [" + request.body + "]\n";
        break;
      }
      case Framer::Event::Error:
        out += std::to_string(framer.error().status) + " " + framer.error().message + "\n";
        return out;
    }
  }
}

Framer make_framer(FramerLimits limits = {}, BodyPolicy policy = {}) {
  return Framer(limits, [policy](const FramedRequest&) { return policy; });
}

std::string frame(std::string_view bytes, FramerLimits limits = {}, BodyPolicy policy = {}) {
  Framer framer = make_framer(limits, policy);
  framer.feed(bytes);
  std::string out;
  return transcript(framer, out);
}

FramedRequest frame_one(std::string_view bytes, BodyPolicy policy = {}) {
  Framer framer = make_framer({}, policy);
  framer.feed(bytes);
  Framer::Event event = framer.next();
  if (event == Framer::Event::SendContinue) event = framer.next();
  EXPECT_EQ(event, Framer::Event::Request) << framer.error().message;
  return framer.take_request();
}

int status_of(std::string_view bytes, FramerLimits limits = {}, BodyPolicy policy = {}) {
  Framer framer = make_framer(limits, policy);
  framer.feed(bytes);
  Framer::Event event = framer.next();
  while (event == Framer::Event::SendContinue) event = framer.next();
  return event == Framer::Event::Error ? framer.error().status : event == Framer::Event::Request ? 200 : 0;
}

std::string head(std::string_view lines) {
  return "GET / HTTP/1.1\r\nHost: h\r\n" + std::string(lines) + "\r\n";
}
std::string post(std::string_view lines) {
  return "POST / HTTP/1.1\r\nHost: h\r\n" + std::string(lines);
}

TEST(Framer, ReadsMethodTargetHeadersAndBody) {
  const auto request = frame_one(
      "POST /v1/x?q=a%20b HTTP/1.1\r\nHost: shop\r\nContent-Type:\tapplication/json \r\nContent-Length: "
      "2\r\n\r\n{}");
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/v1/x?q=a%20b");
  EXPECT_EQ(request.body, "{}");
  EXPECT_TRUE(request.keep_alive);
  EXPECT_THAT(request.headers, ElementsAre(Pair("host", "shop"), Pair("content-type", "application/json")));
}

TEST(Framer, LetsOnlyHeadersThroughThatAisleReads) {
  const auto request =
      frame_one(head("REMOTE_ADDR: 1.2.3.4\r\nLocal_Port: 1\r\nCookie: a=b\r\nX-Strange: 1\r\n"
                     "X-Forwarded-For: 9.9.9.9\r\nX-Algolia-API-Key: k\r\nRange: bytes=0-1\r\n"));
  EXPECT_THAT(request.headers, ElementsAre(Pair("host", "h"), Pair("x-forwarded-for", "9.9.9.9"),
                                           Pair("x-algolia-api-key", "k")));
}

TEST(Framer, DropsHeadersThatHideALineBreak) {
  const auto request =
      frame_one(head("X-Request-Id: a%0d%0aSet-Cookie: x\r\nUser-Agent: b%0Ac\r\nOrigin: ok%20\r\n"));
  EXPECT_THAT(request.headers, ElementsAre(Pair("host", "h"), Pair("origin", "ok%20")));
}

TEST(Framer, DecodesChunkedBodies) {
  const auto request =
      frame_one(post("Transfer-Encoding: Chunked\r\n\r\n4\r\nWiki\r\n00000A\r\n0123456789\r\n0\r\n\r\n"));
  EXPECT_EQ(request.body, "Wiki0123456789");
}

TEST(Framer, KeepsBytesAfterARequestForTheNextOne) {
  EXPECT_EQ(
      frame("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPOST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
            "GET /3 HTTP/1.0\r\n\r\nGET /4"),
      "GET /1 keep host=h []\nPOST /2 keep host=h [abc]\nGET /3 close []\n");
}

TEST(Framer, KnowsWhoWantsToStay) {
  EXPECT_TRUE(frame_one(head("")).keep_alive);
  EXPECT_FALSE(frame_one(head("Connection: foo, Close\r\n")).keep_alive);
  EXPECT_FALSE(frame_one("GET / HTTP/1.0\r\n\r\n").keep_alive);
  EXPECT_TRUE(frame_one("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keep_alive);
}

TEST(Framer, TakesAbsoluteTargetsAndTheAsteriskOfOptions) {
  EXPECT_EQ(frame_one("GET http://other:80/a?b HTTP/1.1\r\nHost: h\r\n\r\n").target, "/a?b");
  EXPECT_EQ(frame_one("GET HTTP://other HTTP/1.1\r\nHost: h\r\n\r\n").target, "/");
  EXPECT_EQ(frame_one("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").target, "*");
  EXPECT_EQ(status_of("GET * HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET a HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET http:///a HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
}

TEST(Framer, AllowsOneEmptyLineBeforeARequest) {
  EXPECT_EQ(status_of("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"), 200);
  EXPECT_EQ(status_of("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
}

TEST(Framer, RefusesMalformedRequestLines) {
  for (const char* line : {"GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "GET / HTTP/11",
                           "GET / http/1.1", "G(T / HTTP/1.1", "GET /\x01 HTTP/1.1", "GET /\xc3\xa4 HTTP/1.1",
                           "GET /#a HTTP/1.1", "GET / HTTP/1.1\tx"}) {
    EXPECT_EQ(status_of(std::string(line) + "\r\nHost: h\r\n\r\n"), 400) << line;
  }
  EXPECT_EQ(status_of(std::string("\x16\x03\x01\x02\x00\x01", 6)), 400);
}

TEST(Framer, TellsVersionsAndMethodsItDoesNotSpeak) {
  EXPECT_EQ(status_of("GET / HTTP/3.7\r\n"), 505);
  EXPECT_EQ(status_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
  for (const char* method : {"TRACE", "CONNECT", "PRI"}) {
    Framer framer = make_framer();
    framer.feed(std::string(method) + " h:443 HTTP/1.1\r\n");
    EXPECT_EQ(framer.next(), Framer::Event::Error);
    EXPECT_EQ(framer.error().status, 405);
    EXPECT_EQ(framer.error().allow, framer_methods);
  }
  EXPECT_EQ(status_of("BREW /pot HTTP/1.1\r\n"), 501);
  EXPECT_EQ(status_of("get / HTTP/1.1\r\n"), 501);
}

TEST(Framer, RefusesWhatServersDisagreeAbout) {
  for (const char* lines :
       {"A: b\r\n folded\r\n", "A : b\r\n", ": b\r\n", "A\r\n", "A: b\nC: d\r\n", "A: b\rc\r\n",
        "Host: other\r\n", "Host: a b\r\n", "Content-Length: 1\r\nContent-Length: 1\r\n",
        "Content-Length: 1\r\nContent-Length: 2\r\n", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Content-Length: -1\r\n",
        "Content-Length: +5\r\n", "Content-Length: 0x5\r\n", "Content-Length: 1, 1\r\n",
        "Content-Length:\r\n"}) {
    EXPECT_EQ(status_of(head(lines)), 400) << lines;
  }
  EXPECT_EQ(status_of(head(std::string_view("A: b\0c\r\n", 8))), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(status_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
}

TEST(Framer, RefusesOtherCodingsAndExpectations) {
  EXPECT_EQ(status_of(post("Transfer-Encoding: gzip, chunked\r\n\r\n")), 411);
  EXPECT_EQ(status_of(post("Transfer-Encoding: identity\r\n\r\n")), 411);
  EXPECT_EQ(status_of(post("Content-Length: 1\r\nContent-Encoding: br\r\n\r\n")), 415);
  EXPECT_EQ(status_of(post("Content-Length: 1\r\nContent-Encoding: gzip\r\n\r\n")), 415);
  EXPECT_EQ(
      status_of(post("Content-Length: 1\r\nContent-Encoding: gzip\r\n\r\nx"), {}, {.accepts_gzip = true}),
      200);
  EXPECT_EQ(status_of(post("Content-Length: 1\r\nContent-Type: Multipart/form-data\r\n\r\n")), 415);
  EXPECT_EQ(status_of(post("Content-Length: 1\r\nExpect: x\r\n\r\n")), 417);
}

TEST(Framer, AsksToContinueOnlyForABodyItWillTake) {
  EXPECT_EQ(frame(post("Content-Length: 3\r\nExpect: 100-continue\r\n\r\n")), "continue\n");
  EXPECT_EQ(frame(post("Content-Length: 3\r\nExpect: 100-continue\r\n\r\nabc")),
            "continue\nPOST / keep host=h [abc]\n");
  EXPECT_EQ(frame(post("Content-Length: 0\r\nExpect: 100-continue\r\n\r\n")), "POST / keep host=h []\n");
  EXPECT_EQ(status_of(post("Content-Length: 5000000000\r\nExpect: 100-continue\r\n\r\n")), 413);
}

TEST(Framer, RefusesMalformedChunks) {
  for (const char* chunks : {"-2\r\n", "5;a=b\r\n", "\r\n", "g\r\n", " 1\r\n", "1 \r\n", "123456789\r\n",
                             "1\r\nabc", "1\ra", "1\n", "0\r\nTrailer: x\r\n\r\n", "2\r\nab\n"}) {
    EXPECT_EQ(status_of(post("Transfer-Encoding: chunked\r\n\r\n") + chunks), 400) << chunks;
  }
}

TEST(Framer, HoldsEachLimitJustBelowAndJustAbove) {
  const FramerLimits limits{.line_bytes_max = 40, .head_bytes_max = 100, .headers_max = 3};
  const auto line = [](std::size_t bytes) {
    return "GET /" + std::string(bytes - 14, 'a') + " HTTP/1.1\r\n";
  };
  EXPECT_EQ(status_of(line(40) + "Host: h\r\n\r\n", limits), 200);
  EXPECT_EQ(status_of(line(41) + "Host: h\r\n\r\n", limits), 414);
  EXPECT_EQ(status_of(head("A: " + std::string(37, 'a') + "\r\n"), limits), 200);
  EXPECT_EQ(status_of(head("A: " + std::string(38, 'a') + "\r\n"), limits), 431);
  EXPECT_EQ(status_of(head("A: 1\r\nB: 2\r\n"), limits), 200);
  EXPECT_EQ(status_of(head("A: 1\r\nB: 2\r\nC: 3\r\n"), limits), 431);
  const std::string begin = "GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(37, 'a') + "\r\n";  // 67 bytes
  EXPECT_EQ(status_of(begin + "B: " + std::string(26, 'a') + "\r\n\r\n", limits), 200);
  EXPECT_EQ(status_of(begin + "B: " + std::string(27, 'a') + "\r\n\r\n", limits), 431);
  const BodyPolicy policy{.body_bytes_max = 10};
  EXPECT_EQ(status_of(post("Content-Length: 10\r\n\r\n0123456789"), {}, policy), 200);
  EXPECT_EQ(status_of(post("Content-Length: 11\r\n\r\n"), {}, policy), 413);
  EXPECT_EQ(status_of(post("Content-Length: 99999999999999999999999999\r\n\r\n"), {}, policy), 413);
  const std::string chunked = post("Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n");
  EXPECT_EQ(status_of(chunked + "5\r\n56789\r\n0\r\n\r\n", {}, policy), 200);
  EXPECT_EQ(status_of(chunked + "6\r\n", {}, policy), 413);
  EXPECT_EQ(status_of(chunked + "ffffffff\r\n", {}, policy), 413);
}

TEST(Framer, AsksForTheLimitsOfTheBodyWithTheHeadInHand) {
  std::string asked;
  Framer framer({}, [&](const FramedRequest& request) {
    asked += request.method + request.target;
    return BodyPolicy{.body_bytes_max = request.target == "/large" ? 100U : 1U};
  });
  framer.feed("POST /large HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab");
  EXPECT_EQ(framer.next(), Framer::Event::Request);
  framer.take_request();
  framer.feed("POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab");
  EXPECT_EQ(framer.next(), Framer::Event::Error);
  EXPECT_EQ(asked, "POST/largePOST/small");
}

TEST(Framer, TellsThePhaseItIsIn) {
  Framer framer = make_framer();
  EXPECT_EQ(framer.next(), Framer::Event::NeedMore);
  EXPECT_EQ(framer.phase(), Framer::Phase::Between);
  framer.feed("P");
  EXPECT_EQ(framer.next(), Framer::Event::NeedMore);
  EXPECT_EQ(framer.phase(), Framer::Phase::Head);
  framer.feed("OST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\na");
  EXPECT_EQ(framer.next(), Framer::Event::NeedMore);
  EXPECT_EQ(framer.phase(), Framer::Phase::Body);
  EXPECT_EQ(framer.body_bytes(), 1U);
  framer.feed("b");
  EXPECT_EQ(framer.next(), Framer::Event::Request);
  framer.take_request();
  EXPECT_EQ(framer.phase(), Framer::Phase::Between);
}

TEST(Framer, SaysNothingMoreAfterAnError) {
  Framer framer = make_framer();
  framer.feed("nonsense\r\n");
  EXPECT_EQ(framer.next(), Framer::Event::Error);
  framer.feed(head(""));
  EXPECT_EQ(framer.next(), Framer::Event::Error);
}

const std::vector<std::string>& streams() {
  static const std::vector<std::string> all = {
      head("Accept: a\r\n") + post("Content-Length: 3\r\nExpect: 100-continue\r\n\r\nabc") + head(""),
      post("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n") + head("") +
          "BREW / HTTP/1.1\r\n",
      head("A: b\r\n c\r\n"),
      post("Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n"),
      post("Content-Length: 3\r\n\r\nabc\r\nGET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n"),
      "\r\nGET /" + std::string(60, 'x') + " HTTP/1.1\r\nHost: h\r\nA: " + std::string(50, 'y') + "\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nA: \x01" + std::string(200, 'z'),
  };
  return all;
}

TEST(Framer, SplitAtAnyByteGivesTheSameRequests) {
  const FramerLimits limits{.line_bytes_max = 80, .head_bytes_max = 150, .headers_max = 5};
  for (const std::string& stream : streams()) {
    const std::string whole = frame(stream, limits);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
      Framer framer = make_framer(limits);
      std::string out;
      framer.feed(std::string_view(stream).substr(0, cut));
      transcript(framer, out);
      if (out.find('\n') == std::string::npos || framer.next() != Framer::Event::Error) {
        framer.feed(std::string_view(stream).substr(cut));
        transcript(framer, out);
      }
      EXPECT_EQ(out, whole) << "cut at " << cut;
    }
  }
}

TEST(Framer, RandomBytesCutAtRandomGiveTheSameRequests) {
  const auto seed = static_cast<unsigned>(test::number_from("AISLE_SEED", std::random_device()()));
  std::cout << "AISLE_SEED=" << seed << "\n";
  std::mt19937 random(seed);
  const FramerLimits limits{.line_bytes_max = 80, .head_bytes_max = 150, .headers_max = 5};
  const std::string_view alphabet = "aZ0 :\r\n\t,%;\x01\xff/*-";
  for (int round = 0; round < 3000; ++round) {
    std::string stream = streams()[random() % streams().size()] + streams()[random() % streams().size()];
    for (unsigned changes = random() % 4; changes > 0; --changes) {
      stream[random() % stream.size()] = alphabet[random() % alphabet.size()];
    }
    const std::string whole = frame(stream, limits);
    Framer framer = make_framer(limits);
    std::string out;
    for (std::size_t at = 0; at < stream.size() && (out.empty() || framer.next() != Framer::Event::Error);) {
      const std::size_t count = std::min<std::size_t>(1 + random() % 20, stream.size() - at);
      framer.feed(std::string_view(stream).substr(at, count));
      at += count;
      transcript(framer, out);
    }
    ASSERT_EQ(out, whole) << testing::PrintToString(stream);
  }
}

TEST(Framer, ReplaysTheFuzzCorpusInWholeAndByteByByte) {
  std::size_t files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(AISLE_SOURCE_DIR "/tests/fuzz/corpus/framer")) {
    const std::string bytes = read_file(entry.path()).value();
    ++files;
    Framer framer = make_framer();
    std::string out;
    for (const char c : bytes) {
      if (!out.empty() && framer.next() == Framer::Event::Error) break;
      framer.feed(std::string_view(&c, 1));
      transcript(framer, out);
    }
    EXPECT_EQ(out, frame(bytes)) << entry.path();
  }
  EXPECT_GE(files, 8U);
}

}  // namespace
}  // namespace aisle
