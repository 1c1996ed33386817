#include "analyzers/stop_words.h"

#include <algorithm>
#include <array>

namespace aisle {
namespace {

struct StopWords {
  std::string_view language;
  std::string_view words;
};

// Function words alone. Those that change what is asked for ("no", "without", "ohne", "sans") are left out,
// and so are those that are products or brands as well.
constexpr std::array lists{
    StopWords{
        "en",
        "a about an and any are as at be but by for from has have he her his i if in into is it its me my of "
        "on or our she so some that the their them then these they this those to us was we were what which "
        "who "
        "with you your"},
    StopWords{
        "de",
        "aber als am an auch auf aus bei beim bis da das dass dein dem den der des die dies diese dieser du "
        "durch ein eine einem einen einer eines er es fur hat ich ihr im in ins ist ja man mein mit nach "
        "oder "
        "sein sich sie sind so um und uns unter vom von vor was wie wir zu zum zur"},
    StopWords{
        "fr",
        "a au aux avec c ce ces cet cette d dans de des du elle en est et il ils j je l la le les leur leurs "
        "m "
        "ma mes mon n nos notre nous on ou par pour qu que qui s sa se ses son sur t ta te tes tu un une vos "
        "votre vous y"},
    StopWords{
        "es",
        "a al como con cual de del desde donde e el ella ellos en entre es esa ese eso esta este esto la las "
        "le les lo los me mi mis muy nos o para pero por que se su sus te tu tus u un una unas uno unos y "
        "ya"},
    StopWords{
        "it",
        "a ad agli ai al alla alle anche che chi ci come con da dagli dai dal dalla degli dei del dell della "
        "delle dello di e ed fra gli i il in io l la le lo ma nei nel nell nella nelle o per quale quella "
        "quello questa questo si su sua sul sulla suo tra un una uno"},
    StopWords{"nl",
              "aan al als bij dat de der deze die dit door een en er haar heeft het hij hoe ik in is je jouw "
              "maar me "
              "met mijn naar nog of om onze ook op over te ter tot u uit uw van voor wat we wie wij ze zich "
              "zij zijn"},
    StopWords{"sv",
              "av att de dem den denna dess det detta din dina ditt du efter eller en er ett fran for ha han "
              "har hon "
              "hos i in inte jag kan man med men min mina mitt ni och om oss pa sa sin sina sitt som till "
              "under upp "
              "ut var vid vi"},
    StopWords{
        "pt",
        "a ao aos as com como da das de dela dele do dos e ela ele eles em entre essa esse esta este eu foi "
        "isso isto ja lhe mais mas me meu minha na nas no nos o os ou para pela pelas pelo pelos por qual "
        "que "
        "se seu seus sua suas te um uma umas uns voce"},
};

}  // namespace

std::string_view stop_words(std::string_view language) {
  const auto found =
      std::find_if(lists.begin(), lists.end(), [&](const StopWords& s) { return s.language == language; });
  return found == lists.end() ? std::string_view() : found->words;
}

}  // namespace aisle
