/** A city people live in or pass through. `weight` is its share of the country's people, roughly. */
export interface City {
  readonly index: number
  readonly country: string
  readonly region: string
  readonly name: string
  readonly lat: number
  readonly long: number
  readonly weight: number
  readonly zone: string
}

/** Public facts: coordinates to about 5 km, populations of the urban areas in millions, rounded. */
const TABLE = `
US|New York|New York|40.71|-74.01|19|America/New_York
US|California|Los Angeles|34.05|-118.24|13|America/Los_Angeles
US|Illinois|Chicago|41.88|-87.63|9|America/Chicago
US|Texas|Dallas|32.78|-96.8|7|America/Chicago
US|Texas|Houston|29.76|-95.37|7|America/Chicago
US|California|San Francisco|37.77|-122.42|5|America/Los_Angeles
US|Massachusetts|Boston|42.36|-71.06|5|America/New_York
US|Georgia|Atlanta|33.75|-84.39|6|America/New_York
US|Washington|Seattle|47.61|-122.33|4|America/Los_Angeles
US|Colorado|Denver|39.74|-104.99|3|America/Denver
US|Virginia|Ashburn|39.04|-77.49|1|America/New_York
CA|Ontario|Toronto|43.65|-79.38|6|America/Toronto
CA|Quebec|Montreal|45.5|-73.57|4|America/Toronto
MX|Mexico City|Mexico City|19.43|-99.13|21|America/Mexico_City
MX|Jalisco|Guadalajara|20.67|-103.35|5|America/Mexico_City
GB|England|London|51.51|-0.13|14|Europe/London
GB|England|Manchester|53.48|-2.24|3|Europe/London
GB|England|Birmingham|52.48|-1.9|3|Europe/London
GB|Scotland|Edinburgh|55.95|-3.19|1|Europe/London
IE|Leinster|Dublin|53.35|-6.26|2|Europe/Dublin
IE|Munster|Cork|51.9|-8.47|0.4|Europe/Dublin
DE|Berlin|Berlin|52.52|13.41|4|Europe/Berlin
DE|Bavaria|Munich|48.14|11.58|3|Europe/Berlin
DE|Hamburg|Hamburg|53.55|9.99|3|Europe/Berlin
DE|Hesse|Frankfurt|50.11|8.68|3|Europe/Berlin
DE|North Rhine-Westphalia|Cologne|50.94|6.96|4|Europe/Berlin
FR|Ile-de-France|Paris|48.86|2.35|12|Europe/Paris
FR|Auvergne-Rhone-Alpes|Lyon|45.76|4.84|2|Europe/Paris
FR|Provence-Alpes-Cote d'Azur|Marseille|43.3|5.37|2|Europe/Paris
ES|Madrid|Madrid|40.42|-3.7|7|Europe/Madrid
ES|Catalonia|Barcelona|41.39|2.17|5|Europe/Madrid
ES|Valencia|Valencia|39.47|-0.38|2|Europe/Madrid
PT|Lisbon|Lisbon|38.72|-9.14|3|Europe/Lisbon
PT|Porto|Porto|41.16|-8.63|2|Europe/Lisbon
IT|Lombardy|Milan|45.46|9.19|5|Europe/Rome
IT|Lazio|Rome|41.9|12.5|4|Europe/Rome
NL|North Holland|Amsterdam|52.37|4.9|3|Europe/Amsterdam
NL|South Holland|Rotterdam|51.92|4.48|2|Europe/Amsterdam
SE|Stockholm|Stockholm|59.33|18.07|2.4|Europe/Stockholm
SE|Vastra Gotaland|Gothenburg|57.71|11.97|1|Europe/Stockholm
SE|Skane|Malmo|55.6|13|0.7|Europe/Stockholm
FI|Uusimaa|Helsinki|60.17|24.94|1.5|Europe/Helsinki
PL|Masovia|Warsaw|52.23|21.01|3|Europe/Warsaw
PL|Lesser Poland|Krakow|50.06|19.94|1.5|Europe/Warsaw
RO|Bucharest|Bucharest|44.43|26.1|2.3|Europe/Bucharest
RO|Cluj|Cluj-Napoca|46.77|23.6|0.5|Europe/Bucharest
UA|Kyiv|Kyiv|50.45|30.52|3|Europe/Kyiv
TR|Istanbul|Istanbul|41.01|28.98|15|Europe/Istanbul
TR|Ankara|Ankara|39.93|32.86|5|Europe/Istanbul
RU|Moscow|Moscow|55.76|37.62|17|Europe/Moscow
RU|Saint Petersburg|Saint Petersburg|59.94|30.31|5|Europe/Moscow
NG|Lagos|Lagos|6.52|3.38|15|Africa/Lagos
ZA|Gauteng|Johannesburg|-26.2|28.05|9|Africa/Johannesburg
ZA|Western Cape|Cape Town|-33.92|18.42|4|Africa/Johannesburg
KE|Nairobi|Nairobi|-1.29|36.82|5|Africa/Nairobi
AE|Dubai|Dubai|25.2|55.27|4|Asia/Dubai
IN|Karnataka|Bengaluru|12.97|77.59|12|Asia/Kolkata
IN|Maharashtra|Mumbai|19.08|72.88|21|Asia/Kolkata
IN|Delhi|Delhi|28.61|77.21|28|Asia/Kolkata
IN|Telangana|Hyderabad|17.39|78.49|9|Asia/Kolkata
IN|Tamil Nadu|Chennai|13.08|80.27|10|Asia/Kolkata
TH|Bangkok|Bangkok|13.76|100.5|15|Asia/Bangkok
VN|Ho Chi Minh City|Ho Chi Minh City|10.82|106.63|13|Asia/Ho_Chi_Minh
ID|Jakarta|Jakarta|-6.2|106.85|33|Asia/Jakarta
SG|Singapore|Singapore|1.35|103.82|6|Asia/Singapore
PH|Metro Manila|Manila|14.6|120.98|23|Asia/Manila
CN|Shanghai|Shanghai|31.23|121.47|28|Asia/Shanghai
CN|Beijing|Beijing|39.9|116.41|21|Asia/Shanghai
JP|Tokyo|Tokyo|35.68|139.69|37|Asia/Tokyo
JP|Osaka|Osaka|34.69|135.5|19|Asia/Tokyo
KR|Seoul|Seoul|37.57|126.98|25|Asia/Seoul
AU|New South Wales|Sydney|-33.87|151.21|5|Australia/Sydney
AU|Victoria|Melbourne|-37.81|144.96|5|Australia/Sydney
BR|Sao Paulo|Sao Paulo|-23.55|-46.63|22|America/Sao_Paulo
BR|Rio de Janeiro|Rio de Janeiro|-22.91|-43.17|13|America/Sao_Paulo
AR|Buenos Aires|Buenos Aires|-34.6|-58.38|15|America/Argentina/Buenos_Aires
CO|Bogota|Bogota|4.71|-74.07|11|America/Bogota
`

/** Every city, grouped by country. */
export const CITIES: readonly City[] = TABLE.trim()
  .split('\n')
  .map((line, index) => {
    const [country = '', region = '', name = '', lat, long, weight, zone = ''] = line.split('|')
    return {
      index,
      country,
      region,
      name,
      lat: Number(lat),
      long: Number(long),
      weight: Number(weight),
      zone,
    }
  })

/** ISO 3166-1 codes of every country that has a city here. */
export const COUNTRIES: readonly string[] = [...new Set(CITIES.map((city) => city.country))]

const byCountry = new Map(
  COUNTRIES.map((country) => [country, CITIES.filter((city) => city.country === country)]),
)

/** The cities of a country, in table order; empty for an unknown one. */
export function citiesOf(country: string): readonly City[] {
  return byCountry.get(country) ?? []
}

/** The city of this name. Throws where there is none. */
export function cityNamed(name: string): City {
  const city = CITIES.find((candidate) => candidate.name === name)
  if (city === undefined) throw new Error(`no city named ${name}`)
  return city
}
